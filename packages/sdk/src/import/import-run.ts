import { createReadStream, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { checkFilePath, displayName, instanceIdOf, mergeParams, print64, type RunRecord } from "ava-dialects";
import type { InstanceFacts } from "ava-protocol";
import { AvaError } from "../place/error.js";
import { type RunLayout, runLayout } from "../place/workspace/layout.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { listSegments } from "../record/journal/segment-name.js";
import { Recorder } from "../record/recorder.js";
import { filesFolder, putFile } from "../tap/file-store.js";
import type { SourceFile, SourceRun, SourceStream } from "./source.js";

/** Kind of what is passed over since the file system does not give it. */
export const UNREAD = "files that cannot be read";

/** What became of one run. */
export interface ImportedRun {
  id: string;
  training: string;
  name: string;
  /** Folder of the run in the workspace. */
  folder: string;
  /** Writers of its journal, in the order of the streams. */
  writers: Set<string>;
  points: number;
  files: number;
  /** Understood and not kept, by kind. */
  passedOver: Map<string, number>;
}

/**
 * Writes the journal of one run. Its id and its writers follow from the run alone, and so do the numbers of its records: what a platform has of an earlier import it
 * knows again, and takes what is behind it.
 *
 * @param run - of another tracker
 * @param workspace - prepared
 * @param onBytes - told how much more was read
 * @throws AvaError FILE_UNWRITABLE when the journal takes no more
 */
export async function importRun(run: SourceRun, workspace: string, onBytes: (bytes: number) => void): Promise<ImportedRun> {
  const { training } = run.key;
  const id = instanceIdOf(run.key);
  const layout = runLayout(workspace, id);
  const imported: ImportedRun = {
    id,
    training,
    name: id,
    folder: layout.base,
    writers: new Set(),
    points: 0,
    files: 0,
    passedOver: new Map(),
  };
  const told: InstanceFacts = {};
  // What cannot be read of one file does not keep the others away.
  for (const stream of run.streams) await orUnread(imported, () => importStream(stream, { run, layout, imported, told, onBytes }));
  const facts = { training, ...told, ...run.facts() };
  if (facts.name !== undefined) facts.name = displayName(facts.name) || id;
  imported.name = facts.name ?? id;
  writeFacts(facts, layout, imported);
  return imported;
}

interface Work {
  run: SourceRun;
  layout: RunLayout;
  imported: ImportedRun;
  /** Facts and params that the streams tell. */
  told: InstanceFacts;
  onBytes(bytes: number): void;
}

async function importStream(stream: SourceStream, { layout, imported, told, onBytes }: Work): Promise<void> {
  const journal = openJournal(layout, imported, stream.name);
  let timeMs = 0;
  const recorder = new Recorder(journal, { now: () => timeMs, warn: (reason) => pass(imported, reason, 1) });
  try {
    for await (const { records, files, passedOver, bytes } of stream.pieces()) {
      for (const record of records) {
        if (record.kind === "points") {
          imported.points += record.values.length;
          recorder.values(record.series, record.values, 0, record.values.length, record);
        } else if (record.kind === "log") {
          timeMs = Number(record.timeNs / 1_000_000n);
          recorder.log(record.stream, record.bytes);
        } else if (record.kind === "event") recorder.event(record.event);
        else if (record.kind === "passedOver") pass(imported, record.what, record.count);
        else learn(record, told);
      }
      if (journal.failure?.includes("cannot be written")) throw new AvaError("FILE_UNWRITABLE", `${layout.journal}: ${journal.failure}`);
      for (const file of files ?? []) await orUnread(imported, () => keepFile(file, layout, imported));
      for (const [kind, count] of passedOver ?? []) pass(imported, kind, count);
      onBytes(bytes);
    }
  } finally {
    recorder.close();
    const { points } = recorder.drops;
    imported.points -= points;
    if (points > 0) pass(imported, "points", points);
  }
}

/**
 * Facts are not a stream: a source changes them. The same facts are the same writer, others are another one. The end has a writer of its own, which tells no start:
 * it ends the run whatever was told of it while it went on.
 */
function writeFacts({ state, stopTime, end, ...begin }: InstanceFacts, layout: RunLayout, imported: ImportedRun): void {
  const { startTime } = begin;
  writeOne({ ...begin, ...(startTime === undefined ? {} : { state: "running" }) }, layout, imported);
  if (state === undefined || state === "running") return;
  writeOne(
    { state, ...(end ? { end } : {}), ...(stopTime === undefined ? {} : { stopTime: behind(stopTime, startTime) }) },
    layout,
    imported,
  );
}

function writeOne(facts: InstanceFacts, layout: RunLayout, imported: ImportedRun): void {
  const recorder = new Recorder(openJournal(layout, imported, JSON.stringify(facts)), {
    now: () => 0,
    warn: (reason) => pass(imported, reason, 1),
  });
  recorder.facts(facts);
  recorder.close();
}

/** An end at the moment of the start would be that of a run before. */
function behind(stopTime: string, startTime = stopTime): string {
  return new Date(Math.max(Date.parse(stopTime), Date.parse(startTime) + 1)).toISOString();
}

function openJournal({ journal: folder }: RunLayout, { id, training, writers }: ImportedRun, stream: string): JournalWriter {
  const writer = print64(JSON.stringify([id, stream]))
    .toString(16)
    .padStart(16, "0");
  writers.add(writer);
  // What an import that was stopped left is written again.
  for (const { file } of listSegments(folder, writer)) rmSync(join(folder, file));
  return new JournalWriter({ folder, instance: id, training, writer, maxJournalBytes: Number.POSITIVE_INFINITY });
}

function learn(record: Extract<RunRecord, { kind: "facts" | "params" }>, told: InstanceFacts): void {
  if (record.kind === "facts") Object.assign(told, record.facts);
  else told.paramsText = mergeParams(told.paramsText ?? "{}", record);
}

async function keepFile(file: SourceFile, layout: RunLayout, imported: ImportedRun): Promise<void> {
  if (!isFilePath(file.path)) return pass(imported, "files whose name the platform refuses", 1);
  const content = "content" in file ? Readable.from([file.content]) : createReadStream(file.copyFrom);
  await putFile(filesFolder(layout), file.path, content);
  imported.files += 1;
}

function isFilePath(path: string): boolean {
  try {
    return checkFilePath(path) === path;
  } catch {
    // A control character, for example: it would wait for ever.
    return false;
  }
}

async function orUnread(imported: ImportedRun, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    // A name that is not in UTF-8, a folder in the place of a file, a faulty disk.
    if (error instanceof AvaError || !(error instanceof Error && "code" in error)) throw error;
    pass(imported, UNREAD, 1);
  }
}

function pass({ passedOver }: ImportedRun, kind: string, count: number): void {
  passedOver.set(kind, (passedOver.get(kind) ?? 0) + count);
}
