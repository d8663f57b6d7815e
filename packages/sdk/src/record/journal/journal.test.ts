import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writevSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRecord, type JournalRecord, readFrame } from "ava-protocol";
import { expect, test } from "vitest";
import { Recorder } from "../recorder.js";
import { JournalReader, type ReadRecord } from "./journal-reader.js";
import { JournalWriter } from "./journal-writer.js";

function newFolder(): string {
  return join(mkdtempSync(join(tmpdir(), "ava-journal-")), "journal");
}

function open(folder: string, more: { segmentBytes?: number; maxJournalBytes?: number } = {}): JournalWriter {
  return new JournalWriter({ folder, instance: "i-1", training: "t", ...more });
}

function decode(record: ReadRecord): JournalRecord | undefined {
  const frame = readFrame(record.bytes, 0);
  if (typeof frame === "string") throw new Error(frame);
  return decodeRecord(record.bytes, frame);
}

function readAll(reader: JournalReader, maxBytes = 1 << 20): ReadRecord[] {
  const all: ReadRecord[] = [];
  for (;;) {
    const records = reader.read(maxBytes);
    if (records.length === 0) return all;
    all.push(...records);
  }
}

function steps(records: ReadRecord[]): number[] {
  return records.map(decode).flatMap((record) => (record?.type === "points" ? [record.step] : []));
}

test("a reader that follows a writer sees every record once, in order, across segments", () => {
  const folder = newFolder();
  const writer = open(folder, { segmentBytes: 300 });
  const recorder = new Recorder(writer);
  const reader = new JournalReader(folder, writer.writer);
  const seen: ReadRecord[] = [];
  for (let step = 0; step < 200; step++) {
    recorder.points({ loss: step / 2, lr: 0.1 }, { step, timeMs: 1000 + step });
    if (step % 7 === 0) seen.push(...reader.read(step % 2 ? 50 : 5000));
  }
  seen.push(...readAll(reader));
  expect(readdirSync(folder).length).toBeGreaterThan(20);
  expect(steps(seen)).toEqual(Array.from({ length: 200 }, (_, step) => step));
  expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: writer.lastSeq }, (_, i) => i + 1));
  expect(reader.damagedBytes).toBe(0);
});

test("every segment can be read alone", () => {
  const folder = newFolder();
  const writer = open(folder, { segmentBytes: 300 });
  const recorder = new Recorder(writer);
  for (let step = 0; step < 50; step++) recorder.points({ loss: step }, { step });
  const reader = new JournalReader(folder, writer.writer);
  readAll(reader);
  reader.deleteAcknowledged(writer.lastSeq - 5, false);
  const rest = readAll(new JournalReader(folder, writer.writer)).map(decode);
  expect(rest[0]).toMatchObject({ type: "series", name: "loss" });
});

test("only acknowledged segments are deleted, the newest when the writer is gone", () => {
  const folder = newFolder();
  const writer = open(folder, { segmentBytes: 300 });
  const recorder = new Recorder(writer);
  for (let step = 0; step < 50; step++) recorder.points({ loss: step }, { step });
  const reader = new JournalReader(folder, writer.writer);
  readAll(reader);
  const before = readdirSync(folder).length;
  reader.deleteAcknowledged(0, true);
  expect(readdirSync(folder).length).toBe(before);
  reader.deleteAcknowledged(writer.lastSeq, false);
  expect(readdirSync(folder).length).toBe(1);
  reader.deleteAcknowledged(writer.lastSeq, true);
  expect(readdirSync(folder)).toEqual([]);
});

test("a torn tail is waited for, and read when the rest arrives", () => {
  const folder = newFolder();
  const writer = open(folder);
  const recorder = new Recorder(writer);
  recorder.points({ loss: 1 }, { step: 1 });
  recorder.points({ loss: 2 }, { step: 2 });
  const file = join(folder, readdirSync(folder)[0]!);
  const whole = readFileSync(file);
  truncateSync(file, whole.length - 10);
  const reader = new JournalReader(folder, writer.writer);
  expect(steps(readAll(reader))).toEqual([1]);
  appendFileSync(file, whole.subarray(whole.length - 10));
  expect(steps(readAll(reader))).toEqual([2]);
  expect(reader.damagedBytes).toBe(0);
});

test("damage in the middle costs the damaged record and no other", () => {
  const folder = newFolder();
  const writer = open(folder);
  const recorder = new Recorder(writer);
  for (let step = 0; step < 10; step++) recorder.points({ loss: step }, { step });
  const file = join(folder, readdirSync(folder)[0]!);
  const bytes = readFileSync(file);
  const recordBytes = 17 + 24 + 12;
  for (const fault of [3, 5, 20]) {
    const damaged = Buffer.from(bytes);
    damaged[bytes.length - 5 * recordBytes + fault]! ^= 0xa5;
    writeFileSync(file, damaged);
    const reader = new JournalReader(folder, writer.writer);
    expect(steps(readAll(reader))).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9]);
    expect(reader.damagedBytes).toBe(recordBytes);
  }
});

test("a full journal refuses log text before points, counts what it dropped and says so when there is room", () => {
  const folder = newFolder();
  const writer = open(folder, { segmentBytes: 1000, maxJournalBytes: 4000 });
  const recorder = new Recorder(writer);
  recorder.points({ loss: 0 }, { step: 0 });
  for (let i = 0; i < 20; i++) recorder.log("stdout", Buffer.alloc(200, 65));
  expect(recorder.drops.logBytes).toBeGreaterThan(0);
  expect(recorder.points({ loss: 1 }, { step: 1 })).toBe(true);
  for (let step = 2; step < 60; step++) recorder.points({ loss: step }, { step });
  expect(recorder.drops.points).toBeGreaterThan(0);
  expect(recorder.drops.reason).toMatch(/limit/);
  const reader = new JournalReader(folder, writer.writer);
  const records = readAll(reader).map(decode);
  const dropRecords = records.filter((record) => record?.type === "drops");
  expect(dropRecords.at(-1)).toMatchObject({ drops: { logBytes: recorder.drops.logBytes } });
});

test("a journal folder that was removed is made again", () => {
  const folder = newFolder();
  const writer = open(folder, { segmentBytes: 1 });
  const recorder = new Recorder(writer);
  recorder.points({ loss: 1 }, { step: 1 });
  rmSync(folder, { recursive: true });
  expect(recorder.points({ loss: 2 }, { step: 2 })).toBe(true);
  expect(steps(readAll(new JournalReader(folder, writer.writer)))).toEqual([2]);
});

test("a journal that cannot be written refuses records without throwing, and counts them", () => {
  const folder = newFolder();
  const writer = open(folder);
  const recorder = new Recorder(writer);
  writer.close();
  expect(recorder.points({ loss: 1 }, { step: 1 })).toBe(false);
  expect(recorder.log("stdout", Buffer.from("text"))).toBe(false);
  expect(recorder.drops).toMatchObject({ points: 1, logBytes: 4, reason: "the journal is closed" });
});

test("a record with nothing in it is read back, also once its empty array went through writev", () => {
  const folder = newFolder();
  const writer = open(folder);
  const nothing = new Uint8Array(0);
  // From then on zlib takes the array for one without an address, and sums it up to 0.
  const fd = openSync(join(folder, "any"), "w");
  writevSync(fd, [Buffer.from("any"), nothing]);
  closeSync(fd);
  for (let i = 0; i < 3; i++) writer.append({ type: "log", timeNs: 1n, stream: "stdout", bytes: nothing });
  writer.close();
  const reader = new JournalReader(folder, writer.writer);
  expect(readAll(reader).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(reader.damagedBytes).toBe(0);
});
