import { statSync } from "node:fs";
import { basename } from "node:path";
import { print64, type RunRecord, timeText } from "ava-dialects";
import { AvaError } from "../../place/error.js";
import { fileChunks } from "../file-chunks.js";
import type { ImportSource, SourcePiece } from "../source.js";
import { CsvRows } from "./csv-rows.js";
import { CsvTable } from "./csv-table.js";

/** Name of this dialect. */
const CSV = "csv";

/**
 * @param path - a file: its first row names the columns, of which `step` must be one
 * @param training - of the run
 * @returns the one run
 * @throws AvaError FILE_UNREADABLE when it is not such a table
 */
export function csvSource(path: string, training: string): ImportSource {
  const stat = statSync(path);
  if (!stat.isFile()) throw new AvaError("FILE_UNREADABLE", `${path} is not a file; name one table`);
  const fileTimeNs = BigInt(Math.round(stat.mtimeMs)) * 1_000_000n;
  const [head, first = []] = firstRows(path);
  const table = newTable(path, head ?? [], fileTimeNs);
  const name = basename(path).replace(/\.csv$/i, "");
  const run = {
    key: { dialect: CSV, training, run: JSON.stringify([name, print64(JSON.stringify([head, first])).toString(36)]) },
    streams: [{ name: "rows", pieces: () => piecesOf(path, table) }],
    facts: () => ({
      name,
      state: "done" as const,
      startTime: timeText(table.times?.firstNs ?? fileTimeNs),
      stopTime: timeText(table.times?.lastNs ?? fileTimeNs),
    }),
  };
  return { totalBytes: stat.size, runs: [run] };
}

function newTable(path: string, head: readonly string[], fileTimeNs: bigint): CsvTable {
  try {
    return new CsvTable(head, fileTimeNs);
  } catch (error) {
    throw new AvaError(
      "FILE_UNREADABLE",
      `${path}: ${(error as Error).message}; write a table with LF at the end of each row, and the number of the step in a column "step"`,
    );
  }
}

function firstRows(path: string): string[][] {
  const rows: string[][] = [];
  for (const row of rowsOf(path)) {
    rows.push(...row.rows);
    if (rows.length > 1) break;
  }
  return rows;
}

function* rowsOf(path: string): Generator<{ rows: string[][]; bytes: number }> {
  const [parser, decoder] = [new CsvRows(), new TextDecoder()];
  try {
    for (const chunk of fileChunks(path)) yield { rows: parser.feed(decoder.decode(chunk, { stream: true })), bytes: chunk.length };
    yield { rows: parser.feed(decoder.decode(), true), bytes: 0 };
  } catch (cause) {
    throw new AvaError("FILE_UNREADABLE", `${path}: ${(cause as Error).message}`, { cause });
  }
}

function* piecesOf(path: string, table: CsvTable): Generator<SourcePiece> {
  let isHead = true;
  for (const { rows, bytes } of rowsOf(path)) {
    const passedOver = new Map<string, number>();
    const records: RunRecord[] = [];
    for (const cells of isHead ? rows.slice(1) : rows) records.push(...table.points(cells, passedOver));
    isHead &&= rows.length === 0;
    yield { records, passedOver, bytes };
  }
}
