import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, LIMITS, RECORD_HEAD_BYTES } from "ava-protocol";
import { expect, test } from "vitest";
import { Recorder } from "../recorder.js";
import { CrcOfParts } from "./crc-of-parts.js";
import { findNextRecord } from "./damage.js";
import { JournalReader } from "./journal-reader.js";
import { JournalWriter } from "./journal-writer.js";
import { segmentFileName } from "./segment-name.js";

function journal(damage: Uint8Array): { folder: string; writer: string } {
  const folder = join(mkdtempSync(join(tmpdir(), "ava-damage-")), "journal");
  const writer = new JournalWriter({ folder, instance: "i", training: "t" });
  const recorder = new Recorder(writer);
  recorder.points({ loss: 1 }, { step: 1 });
  const path = join(folder, segmentFileName(writer.writer, 0));
  const before = readFileSync(path).length;
  recorder.points({ loss: 2 }, { step: 2 });
  const bytes = readFileSync(path);
  rmSync(path);
  writeFileSync(path, bytes.subarray(0, before));
  appendFileSync(path, damage);
  appendFileSync(path, bytes.subarray(before));
  return { folder, writer: writer.writer };
}

function readAll(reader: JournalReader): number[] {
  const seqs: number[] = [];
  for (let records = reader.read(1 << 20); records.length > 0; records = reader.read(1 << 20)) seqs.push(...records.map(({ seq }) => seq));
  return seqs;
}

/** Heads of the largest records, one after the other, with a seq that may be next. */
function heads(bytes: number): Buffer {
  const all = Buffer.alloc(bytes);
  for (let at = 0; at + RECORD_HEAD_BYTES <= bytes; at += RECORD_HEAD_BYTES) {
    all.writeUInt32LE(LIMITS.recordPayloadBytes - 400, at);
    all.writeUInt32LE(1234, at + 8);
    all[at + 16] = 2;
  }
  return all;
}

test("the CRC of any part is the one that reading it gives", () => {
  const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * i * 31) >>> 3);
  const parts = new CrcOfParts(bytes);
  for (const [start, end] of [
    [0, 3000],
    [0, 0],
    [5, 5],
    [1, 2],
    [17, 2999],
    [1024, 2048],
  ] as const) {
    expect(parts.of(start, end)).toBe(crc32(bytes, start, end));
  }
});

test.each([
  ["zeros", 217, (bytes: number) => Buffer.alloc(bytes)],
  ["a little more than the largest record", LIMITS.recordPayloadBytes + 217, (bytes: number) => Buffer.alloc(bytes, 0xa5)],
  ["much more than that", 5 * LIMITS.recordPayloadBytes, (bytes: number) => Buffer.alloc(bytes, 0xa5)],
  ["what looks like heads of records", LIMITS.recordPayloadBytes, heads],
])("a damage of %s costs no more than to read it some times, and the record behind it is found", (_, bytes, make) => {
  const { folder, writer } = journal(make(bytes));
  // A later segment: what comes is surely no write in progress.
  writeFileSync(join(folder, segmentFileName(writer, 1)), "");
  const reader = new JournalReader(folder, writer);
  expect(readAll(reader)).toEqual([1, 2, 3]);
  expect(reader.damagedBytes).toBe(bytes);
  reader.rewind();
  expect(readAll(reader)).toEqual([1, 2, 3]);
  expect(reader.damagedBytes).toBe(bytes);
  reader.close();
});

test("of a hundred thousand heads without a record none is summed up twice", () => {
  let summed = 0;
  const bytes = heads(4 << 20);
  for (let at = 0; at + RECORD_HEAD_BYTES <= bytes.length; at += RECORD_HEAD_BYTES) {
    const payloadBytes = Math.max(0, bytes.length - at - RECORD_HEAD_BYTES);
    bytes.writeUInt32LE(payloadBytes, at);
    summed += payloadBytes;
  }
  expect(summed).toBeGreaterThan(4e11);
  expect(findNextRecord(bytes, 0)).toBeUndefined();
}, 20_000);
