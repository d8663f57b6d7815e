import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MemoryEntry } from "ava-dialects";
import type { RunLayout } from "../place/workspace/layout.js";
import { JournalReader } from "../record/journal/journal-reader.js";
import { readSegmentHeader } from "../record/journal/segment-header.js";
import { listSegments } from "../record/journal/segment-name.js";

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
  private readonly file: string;
  private readonly mostBytes: number;
  private readonly positions = new Map<string, MemoryEntry>();
  private bytes: number;
  private fullBytes: number;

  /** @param layout - of the wrapped instance @param name - of the file @param folderOf - journal folder of an instance @param mostBytes - before it is written anew */
  constructor(layout: RunLayout, name: string, folderOf: (id: string) => string, mostBytes: number = MOST_BYTES) {
    this.file = join(layout.base, name);
    this.mostBytes = mostBytes;
    this.fullBytes = mostBytes;
    const text = existsSync(this.file) ? readFileSync(this.file, "utf8") : "";
    // Cut off by a kill: what is noted next begins a line of its own.
    if (text !== "" && !text.endsWith("\n")) appendFileSync(this.file, "\n");
    this.bytes = Buffer.byteLength(text) + 1;
    const entries = readEntries(text);
    this.entries = entries.map((entry, index) => (index === entries.length - 1 ? withoutDoubt(entry, folderOf) : entry));
    for (const entry of entries) this.keepPosition(entry);
    this.writers = new Set(this.positions.keys());
  }

  /** @param entry - to be known again */
  note(entry: MemoryEntry): void {
    try {
      if (this.bytes > this.fullBytes) this.writeAnew();
      const line = `${JSON.stringify(entry)}\n`;
      appendFileSync(this.file, line, { mode: 0o600 });
      this.bytes += Buffer.byteLength(line);
      this.keepPosition(entry);
    } catch {
      // A full disk: what came is in the journal or counted; only a repeat after a kill would not be told.
    }
  }

  /** All that was noted has its records: the new file is beside the old one until it is whole. */
  private writeAnew(): void {
    if (!this.summary) return;
    const text = [...this.positions.values(), ...this.summary()].map((entry) => `${JSON.stringify(entry)}\n`).join("");
    writeFileSync(`${this.file}.part`, text, { mode: 0o600 });
    renameSync(`${this.file}.part`, this.file);
    this.bytes = Buffer.byteLength(text);
    this.fullBytes = Math.max(this.mostBytes, 2 * this.bytes);
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
