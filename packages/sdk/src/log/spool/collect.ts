import { readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { isOlderThan } from "../../machine/lock-token.js";
import { removeTakeoverLitter } from "../../machine/takeover-lock.js";
import { fateOf } from "../../machine/thread-identity.js";
import { CommitFile } from "./commits.js";
import { LogFile } from "./log-file.js";
import { listParts, type PartName } from "./part-name.js";
import { recogniseMoved } from "./recognise.js";
import type { Rotation } from "./rotate.js";
import { WriterReader } from "./writer-reader.js";

/** Parts of another host or container that have not changed for so long count as abandoned. */
const FOREIGN_ABANDONED_MS = 24 * 3600_000;

/** What {@link collect} works on. */
export interface Collection {
  /** Path of the log. */
  log: string;
  /** Path of the spool. */
  spool: string;
  rotation: Rotation;
  /** Bytes of records after which it stops. */
  budgetBytes: number;
  /** Whether to look which writers are gone: it costs a file read for each of them. */
  isSweeping: boolean;
}

/** What {@link collect} did. */
export interface Collected {
  records: number;
  /** Whether nothing is left of what the writers had written when it began. */
  isDrained: boolean;
}

/**
 * Moves records from the parts to the log, the earliest first. The caller holds the lock. A process that dies in here leaves a spool that the next
 * call continues with, exactly; so does an exception.
 *
 * @param collection - what to work on
 * @returns what was done
 * @throws the file system's error
 */
export function collect(collection: Collection): Collected {
  const { log, spool, rotation, budgetBytes, isSweeping } = collection;
  const names = readdirSync(spool);
  if (isSweeping) removeTakeoverLitter(spool, names);
  const parts = listParts(names);
  const commits = new CommitFile(join(spool, "commits"));
  let writers: WriterReader[] = [];
  let file: LogFile | undefined;
  try {
    const committed = commits.last?.parts ?? {};
    const offsets = new Map(parts.flatMap(({ file: name }) => (committed[name] === undefined ? [] : [[name, committed[name]]])));
    writers = openWriters(collection, parts, offsets);
    let ready = writers.filter((writer) => writer.peek());
    if (ready.length > 0 || commits.last?.isWriting) {
      const markedOffsets = () => {
        for (const writer of writers) writer.mark();
        return Object.fromEntries(offsets);
      };
      file = new LogFile(log, rotation, commits, markedOffsets, (tail) => recogniseMoved(tail, writers));
      ready = writers.filter((writer) => writer.peek());
    }
    const records = file ? merge(ready, file, budgetBytes) : 0;
    file?.finish();
    for (const writer of writers) for (const part of writer.finished()) unlinkSync(join(spool, part));
    return { records, isDrained: ready.length === 0 };
  } finally {
    for (const writer of writers) writer.close();
    file?.close();
    commits.close();
  }
}

/**
 * Begins the log anew: empties it and drops what abandoned writers left. The caller holds the lock.
 *
 * @param collection - what to work on
 * @returns false, with nothing changed, where writers still write
 * @throws the file system's error
 */
export function startAnew({ log, spool, rotation }: Collection): boolean {
  const parts = listParts(readdirSync(spool));
  if (parts.some((part) => !isGone(spool, part))) return false;
  for (const part of parts) unlinkSync(join(spool, part.file));
  const commits = new CommitFile(join(spool, "commits"));
  try {
    const file = new LogFile(
      log,
      rotation,
      commits,
      () => ({}),
      (tail) => tail.length,
    );
    try {
      file.truncate();
      file.finish();
    } finally {
      file.close();
    }
    return true;
  } finally {
    commits.close();
  }
}

function openWriters({ spool, isSweeping }: Collection, parts: readonly PartName[], offsets: Map<string, number>): WriterReader[] {
  const byWriter = new Map<string, PartName[]>();
  for (const part of parts) byWriter.set(part.writer, [...(byWriter.get(part.writer) ?? []), part]);
  return Array.from(
    byWriter.values(),
    (names) => new WriterReader(spool, names, offsets, isSweeping && isGone(spool, names.at(-1) as PartName)),
  );
}

function isGone(spool: string, part: PartName): boolean {
  const fate = fateOf(part.thread);
  return fate === "gone" || (fate === "unknown" && isOlderThan(join(spool, part.file), FOREIGN_ABANDONED_MS));
}

/** Adds records by time until the budget is used up; takes the writers out of `ready` that have no more. */
function merge(ready: WriterReader[], file: LogFile, budgetBytes: number): number {
  let records = 0;
  let bytes = 0;
  while (ready.length > 0 && bytes < budgetBytes) {
    const { earliest, nextMs } = pickEarliest(ready);
    let hasMore = true;
    do {
      const part = earliest.current;
      if (part === undefined || part.timeMs > nextMs) break;
      file.add(part.window, part.textStart, part.textEnd);
      bytes += part.textEnd - part.textStart;
      records += 1;
      part.consume();
      hasMore = earliest.peek();
    } while (hasMore && bytes < budgetBytes);
    if (!hasMore) ready.splice(ready.indexOf(earliest), 1);
  }
  return records;
}

/** @returns the writer whose record is the earliest, and the time up to which it stays that */
function pickEarliest(ready: readonly WriterReader[]): { earliest: WriterReader; nextMs: number } {
  let earliest = ready[0] as WriterReader;
  let earliestMs = Infinity;
  let nextMs = Infinity;
  for (const writer of ready) {
    const timeMs = writer.current?.timeMs ?? Infinity;
    if (timeMs < earliestMs) {
      nextMs = earliestMs;
      earliest = writer;
      earliestMs = timeMs;
    } else if (timeMs < nextMs) nextMs = timeMs;
  }
  return { earliest, nextMs };
}
