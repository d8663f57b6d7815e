import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type Database from "libsql";
import { decodeChunk, type EncodedChunk, encodeChunk } from "../../levels/chunk.js";
import { columnAt } from "../../levels/column.js";
import { decodeHead, FORMAT_1_HEAD_BYTES } from "../../levels/head.js";
import type { DamageList } from "../damage.js";
import { STORE_VERSION } from "./open.js";
import type { DatabaseWriter, RowWriter } from "./writer.js";

/** Rows of one transaction. */
const BATCH_ROWS = 64;

/** Time left to others between two transactions, in milliseconds. */
const PAUSE_MS = 20;

/** A table whose rows are brought forward one by one. */
interface Table {
  /** Rows behind an id, oldest first: which of them are of format 1. */
  select: string;
  bring: (rows: RowWriter, id: number, damage: DamageList) => void;
}

const TABLES: readonly Table[] = [
  {
    select: `SELECT id, length(head) = ${FORMAT_1_HEAD_BYTES} AS isOld FROM chunks WHERE id > ? ORDER BY id LIMIT ${BATCH_ROWS}`,
    bring: bringChunk,
  },
  { select: `SELECT id, sum IS NULL AS isOld FROM log_pieces WHERE id > ? ORDER BY id LIMIT ${BATCH_ROWS}`, bring: bringPiece },
];

/**
 * Gives chunks and log pieces of format 1 sums and checksums, a few in each transaction. It may end at any time: the next start goes on.
 *
 * @param db - to find the rows
 * @param writer - to write them
 * @param damage - told of rows that are not what they should be; they stay as they are
 * @param shouldEnd - asked between transactions
 * @returns whether all rows are of this format now
 */
export async function bringForward(
  db: Database.Database,
  writer: DatabaseWriter,
  damage: DamageList,
  shouldEnd: () => boolean,
): Promise<boolean> {
  for (const { select, bring } of TABLES) {
    const statement = db.prepare(select);
    const next = (after: number): { id: number; isOld: number }[] => statement.all(after) as { id: number; isOld: number }[];
    for (let found = next(-1); found.length > 0; found = next(found.at(-1)!.id)) {
      const old = found.filter(({ isOld }) => isOld === 1);
      if (old.length === 0) continue;
      await writer.transaction(function* (rows) {
        for (const { id } of old) yield bring(rows, id, damage);
      });
      await setTimeout(PAUSE_MS, undefined, { ref: false });
      if (shouldEnd()) return false;
    }
  }
  await writer.transaction(function* (rows) {
    yield rows.putMeta("from_version", STORE_VERSION);
  });
  return true;
}

function bringChunk(rows: RowWriter, id: number, damage: DamageList): void {
  const stored = rows.chunkAt(id);
  // A checkpoint may have stored it anew.
  if (stored?.head.length !== FORMAT_1_HEAD_BYTES) return;
  const chunk = encodeAgain(stored.head, stored.body);
  if (chunk === undefined) damage.add(`table chunks, row id = ${id}`, "its head does not belong to its body; its points are missing");
  else rows.putChunk(id, chunk);
}

/** @returns the chunk as it is written now; `undefined` when head and body do not belong together */
function encodeAgain(storedHead: Uint8Array, storedBody: Uint8Array): EncodedChunk | undefined {
  const head = decodeHead(storedHead);
  try {
    const body = decodeChunk(storedBody, head);
    const column = (name: "step" | "time" | "epoch" | "value"): Float64Array =>
      Float64Array.from({ length: head.count }, (_, row) => columnAt(body[name], row));
    const rows = {
      count: head.count,
      timeBaseHi: head.timeBaseHi,
      step: column("step"),
      time: column("time"),
      epoch: column("epoch"),
      value: column("value"),
    };
    const chunk = encodeChunk(rows);
    const { sum: _sum, infinite: _infinite, ...before } = head;
    const { sum: _newSum, infinite: _newInfinite, ...after } = chunk.head;
    return isDeepStrictEqual(before, after) ? chunk : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function bringPiece(rows: RowWriter, id: number): void {
  const piece = rows.pieceAt(id);
  if (piece !== undefined) rows.put("log_pieces", piece.instance, piece.start, piece.bytes, piece.marks);
}
