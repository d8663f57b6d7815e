import type { PointBlock } from "../../store/contract/points.js";
import type { Store } from "../../store/contract/store.js";
import { writeParquet } from "./parquet.js";
import { writeCsv, writeJsonLines } from "./text.js";

/** Formats of an export. */
export type ExportFormat = "csv" | "jsonl" | "parquet";

/** How points are written. */
export interface ExportOptions {
  format: ExportFormat;
  /** The id of the instance stands with each point. */
  hasInstance?: boolean;
  /** In CSV, cells that a spreadsheet would take for a formula begin with an apostrophe. */
  isSafe?: boolean;
  /** Points that are damaged are left out, instead of an end with `store_damaged`. */
  skipsDamage?: boolean;
}

/**
 * Every point of instances, see docs/formats/export.md; piece by piece, so that memory does not grow with the points.
 *
 * @param instances - ids of those whose points, in this order
 * @throws PlatformError `not_found`; `store_damaged` when it comes to damage
 */
export function exportPoints(
  store: Store,
  instances: readonly string[],
  { format, hasInstance = false, isSafe = false, skipsDamage = false }: ExportOptions,
): AsyncGenerator<string | Uint8Array> {
  const blocks = blocksOf(store, instances, skipsDamage);
  switch (format) {
    case "csv":
      return writeCsv(blocks, hasInstance, isSafe);
    case "jsonl":
      return writeJsonLines(blocks, hasInstance);
    case "parquet":
      return writeParquet(blocks, hasInstance);
  }
}

async function* blocksOf(store: Store, instances: readonly string[], skipsDamage: boolean): AsyncGenerator<PointBlock> {
  for (const instance of instances) yield* store.points(instance, skipsDamage);
}
