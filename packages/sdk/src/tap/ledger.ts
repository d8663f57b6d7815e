import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { MemoryEntry } from "ava-dialects";
import type { RunLayout } from "../place/workspace/layout.js";
import { JournalReader } from "../record/journal/journal-reader.js";
import { readSegmentHeader } from "../record/journal/segment-header.js";
import { listSegments } from "../record/journal/segment-name.js";

/** What of an old writer is read in one go. */
const READ_BYTES = 8_388_608;

/** A place in the journal of a writer. */
interface Position {
  writer: string;
  seq: number;
}

/**
 * What a tap must know again when it was killed, a line of JSON each: `run/<id>/tap.jsonl`. A line is written before the records that it tells of, so that only of
 * the last one it must be looked whether its records followed.
 */
export class Ledger {
  /** What earlier taps of this run noted. */
  readonly entries: readonly MemoryEntry[];
  /** Their writers. */
  readonly writers: ReadonlySet<string>;
  private readonly file: string;

  /** @param layout - of the wrapped instance @param name - of the file @param folderOf - journal folder of an instance */
  constructor(layout: RunLayout, name: string, folderOf: (id: string) => string) {
    this.file = join(layout.base, name);
    const entries = existsSync(this.file) ? readEntries(this.file) : [];
    this.entries = entries.map((entry, index) => (index === entries.length - 1 ? withoutDoubt(entry, folderOf) : entry));
    this.writers = new Set(entries.flatMap((entry) => (entry.kind === "append" && isPosition(entry.at) ? [entry.at.writer] : [])));
  }

  /** @param entry - to be known again */
  note(entry: MemoryEntry): void {
    try {
      appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch {
      // A full disk: what came is in the journal or counted; only a repeat after a kill would not be told.
    }
  }
}

function readEntries(file: string): MemoryEntry[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as MemoryEntry];
      } catch {
        // Cut off by the kill: its records did not follow.
        return [];
      }
    });
}

/** The last line without what tells repeats, when its records did not follow: the client sends them again. */
function withoutDoubt(entry: MemoryEntry, folderOf: (id: string) => string): MemoryEntry {
  if (entry.kind !== "append" || !entry.once || !isPosition(entry.at) || isBehind(folderOf(entry.id), entry.at)) return entry;
  const { once: _, ...rest } = entry;
  return rest;
}

function isBehind(folder: string, { writer, seq }: Position): boolean {
  const segments = listSegments(folder, writer);
  const newest = segments.at(-1);
  if (!newest || !readSegmentHeader(folder, newest)) return false;
  const reader = new JournalReader(folder, writer, () => [newest]);
  try {
    for (let records = reader.read(READ_BYTES); records.length > 0; records = reader.read(READ_BYTES)) {
      if ((records.at(-1)?.seq ?? 0) > seq) return true;
    }
    return false;
  } finally {
    reader.close();
  }
}

function isPosition(at: unknown): at is Position {
  return typeof at === "object" && at !== null && typeof (at as Position).writer === "string" && typeof (at as Position).seq === "number";
}
