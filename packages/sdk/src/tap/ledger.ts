import { join } from "node:path";
import type { MemoryEntry } from "ava-dialects";
import type { RunLayout } from "../place/workspace/layout.js";
import { JournalReader } from "../record/journal/journal-reader.js";
import { readSegmentHeader } from "../record/journal/segment-header.js";
import { listSegments } from "../record/journal/segment-name.js";
import { LedgerFile } from "./ledger-file.js";

/** What of an old writer is read in one go. */
const READ_BYTES = 8_388_608;

/** What a file may hold before it is written anew, without what later lines replaced: some hundred thousand metrics. */
const MOST_BYTES = 8_388_608;

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
  /** Gives in few entries what all that were noted say. */
  summary: (() => readonly MemoryEntry[]) | undefined;
  private readonly file: LedgerFile;
  private readonly mostBytes: number;
  private readonly positions = new Map<string, MemoryEntry>();
  private lastLine = "";
  private fullBytes: number;

  /** @param layout - of the wrapped instance @param name - of the file @param folderOf - journal folder of an instance @param mostBytes - before it is written anew */
  constructor(layout: RunLayout, name: string, folderOf: (id: string) => string, mostBytes: number = MOST_BYTES) {
    this.file = new LedgerFile(join(layout.base, name));
    this.mostBytes = mostBytes;
    this.fullBytes = mostBytes;
    const entries = readEntries(this.file.read());
    this.entries = entries.map((entry, index) => (index === entries.length - 1 ? withoutDoubt(entry, folderOf) : entry));
    for (const entry of entries) this.keepPosition(entry);
    this.writers = new Set(this.positions.keys());
  }

  /** @param entry - to be known again @returns whether it is in the file */
  note(entry: MemoryEntry): boolean {
    if (this.file.byteLength > this.fullBytes) this.writeAnew();
    this.lastLine = `${JSON.stringify(entry)}\n`;
    if (!this.file.append(this.lastLine)) return false;
    this.keepPosition(entry);
    return true;
  }

  /** The records of the line that was noted last are not in the journal: it does not count. */
  takeBack(): void {
    this.file.takeBack(this.lastLine);
  }

  /** All that was noted has its records. */
  private writeAnew(): void {
    if (!this.summary) return;
    this.file.replace([...this.positions.values(), ...this.summary()].map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    this.fullBytes = Math.max(this.mostBytes, 2 * this.file.byteLength);
  }

  /** Of each writer one entry stays: what it left is shipped. */
  private keepPosition(entry: MemoryEntry): void {
    if (entry.kind !== "append" || !isPosition(entry.at)) return;
    this.positions.set(entry.at.writer, { kind: "append", id: entry.id, at: entry.at });
  }
}

function readEntries(text: string): MemoryEntry[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as MemoryEntry];
    } catch {
      // Cut off by the kill: its records did not follow.
      return [];
    }
  });
}

/** The last line without what it tells, when its records did not follow: the client sends them again. */
function withoutDoubt(entry: MemoryEntry, folderOf: (id: string) => string): MemoryEntry {
  if (entry.kind !== "append" || !isPosition(entry.at) || isBehind(folderOf(entry.id), entry.at)) return entry;
  const { kind, id, at } = entry;
  return { kind, id, at };
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
