import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIMITS, RECORD_HEAD_BYTES } from "ava-protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import type * as ReadInto from "../../place/workspace/read-into.js";
import { Recorder } from "../recorder.js";
import type * as Damage from "./damage.js";
import type * as FastCrc32 from "./fast-crc32.js";
import { JournalReader } from "./journal-reader.js";
import { JournalWriter } from "./journal-writer.js";
import { segmentFileName } from "./segment-name.js";

/** Bytes that were read from files, summed up and searched. */
const work = vi.hoisted(() => ({ read: 0, summed: 0, searched: 0 }));

vi.mock("../../place/workspace/read-into.js", async (original) => {
  const { readInto } = await original<typeof ReadInto>();
  return {
    readInto: (...args: Parameters<typeof readInto>) => {
      const bytes = readInto(...args);
      work.read += bytes;
      return bytes;
    },
  };
});
vi.mock("./fast-crc32.js", async (original) => {
  const { fastCrc32 } = await original<typeof FastCrc32>();
  return {
    fastCrc32: (bytes: Uint8Array, start: number, end: number) => {
      work.summed += end - start;
      return fastCrc32(bytes, start, end);
    },
  };
});
vi.mock("./damage.js", async (original) => {
  const { findNextRecord } = await original<typeof Damage>();
  return {
    findNextRecord: (bytes: Uint8Array, lastSeq: number) => {
      const found = findNextRecord(bytes, lastSeq);
      work.searched += found ?? bytes.length;
      return found;
    },
  };
});

/** A segment of points, each record's bytes as they are in the file. */
function pieces(points: number): { folder: string; writer: string; head: Buffer; records: Buffer[] } {
  const folder = mkdtempSync(join(tmpdir(), "ava-work-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const journal = new JournalWriter({ folder, instance: "i", training: "t", segmentBytes: 1 << 30 });
  const recorder = new Recorder(journal);
  for (let step = 0; step < points; step++) recorder.points({ loss: step }, { step });
  recorder.close();
  const bytes = readFileSync(join(folder, segmentFileName(journal.writer, 0)));
  const reader = new JournalReader(folder, journal.writer);
  const records = reader.read(1 << 30).map((record) => Buffer.from(record.bytes));
  reader.close();
  const head = bytes.subarray(0, bytes.length - records.reduce((sum, record) => sum + record.length, 0));
  return { folder, writer: journal.writer, head, records };
}

/** Heads of the largest records, whose seq may be next. */
function heads(count: number): Buffer {
  const all = Buffer.alloc(count * RECORD_HEAD_BYTES);
  for (let at = 0; at < all.length; at += RECORD_HEAD_BYTES) {
    all.writeUInt32LE(LIMITS.recordPayloadBytes - 400, at);
    all.writeUInt32LE(1_000_000, at + 8);
    all[at + 16] = 2;
  }
  return all;
}

const DAMAGES: [what: string, damage: (records: Buffer[]) => Buffer[]][] = [
  ["nowhere", (records) => records],
  ["at every second record, in its payload", (records) => records.map((one, index) => (index % 2 === 0 ? one : flipped(one, 30)))],
  ["at every second record, in its length", (records) => records.map((one, index) => (index % 2 === 0 ? one : flipped(one, 2)))],
  ["between all records, a stretch of zeroes", (records) => records.flatMap((one) => [one, Buffer.alloc(40)])],
  [
    "anywhere",
    (records) => {
      const { below, chance } = randomOf(seedOfTest());
      return records.map((one) => (chance(0.3) ? flipped(one, below(one.length)) : chance(0.1) ? one.subarray(below(one.length)) : one));
    },
  ],
  ["at its end, heads without records", (records) => [...records, heads(records.length)]],
];

function flipped(record: Buffer, at: number): Buffer {
  const bytes = Buffer.from(record);
  bytes[at]! ^= 0x80;
  return bytes;
}

test.each(DAMAGES)("a segment that is damaged %s is read and searched about once, however long it is", (_, damage) => {
  const { folder, writer, head, records } = pieces(16_000);
  const file = join(folder, segmentFileName(writer, 0));
  writeFileSync(file, Buffer.concat([head, ...damage(records)]));
  // A later one: what is not whole in the first is not being written.
  writeFileSync(join(folder, segmentFileName(writer, 1)), "");
  Object.assign(work, { read: 0, summed: 0, searched: 0 });
  const reader = new JournalReader(folder, writer);
  for (let more = reader.read(1 << 20); more.length > 0; more = reader.read(1 << 20));
  reader.close();
  const [read, summed, searched] = Object.values(work).map((bytes) => bytes / statSync(file).size) as [number, number, number];
  expect(read).toBeLessThan(4);
  expect(searched).toBeLessThan(4);
  // Of a damaged length, as much is summed up as it says, which is a record at most.
  expect(summed).toBeLessThan(50);
});
