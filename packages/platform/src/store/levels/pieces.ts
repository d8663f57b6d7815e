import { PlatformError } from "../../error.js";
import type { Piece, ReadablePiece, ReadableSeries } from "./series.js";

/**
 * Reads a part of a series, unless it is damaged.
 *
 * @param read - called with the part; when that turns out to be damaged, nothing of it may have been taken
 * @returns what `read` gave, or a sentence about the damage
 */
export function readPiece<Result>(piece: Piece, read: (piece: ReadablePiece) => Result): { result: Result } | { damage: string } {
  if ("damage" in piece) return piece;
  try {
    return { result: read(piece) };
  } catch (error) {
    return { damage: damageOf(error) };
  }
}

/**
 * Walks over a series, past what is damaged.
 *
 * @param read - called with each part in order of arrival
 * @returns a sentence for each part that is damaged, and so is missing
 */
export function eachPiece(series: ReadableSeries, read: (piece: ReadablePiece) => void): string[] {
  const damage: string[] = [];
  // A chart walks over thousands of parts several times: nothing is made for a part that is whole.
  for (const piece of series.pieces()) {
    if ("damage" in piece) damage.push(piece.damage);
    else {
      try {
        read(piece);
      } catch (error) {
        damage.push(damageOf(error));
      }
    }
  }
  return damage;
}

function damageOf(error: unknown): string {
  if (error instanceof PlatformError && error.code === "store_damaged") return error.message;
  throw error;
}
