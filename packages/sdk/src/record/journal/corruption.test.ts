// A small journal, cut at every byte and with each byte flipped: what is whole is read, what is lost is counted.
import { mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Recorder } from "../recorder.js";
import { JournalReader } from "./journal-reader.js";
import { JournalWriter } from "./journal-writer.js";
import { segmentFileName } from "./segment-name.js";

let folder: string;
let writer: string;
let whole: Buffer;
/** End of the head and of each record, in bytes from the start of the file; record n ends at `ends[n]`. */
let ends: number[];

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), "ava-corruption-")), "journal");
  const journal = new JournalWriter({ folder, instance: "i", training: "t", labels: { rank: "1" } });
  const recorder = new Recorder(journal);
  recorder.facts({ state: "running", command: ["train", "--lr", "0.1"] });
  recorder.points({ loss: 1, accuracy: Number.NaN }, { step: 1, epoch: 0 });
  recorder.log("stdout", Buffer.from("step 1\n"));
  recorder.points({ loss: 0.5 }, { step: 2 }, { phase: "val" });
  recorder.event({ event: "snapshot", step: 2, file: "a.params" });
  recorder.close();
  writer = journal.writer;
  whole = readFileSync(join(folder, segmentFileName(writer, 0)));
  const lengths = read(whole).records.map(({ bytes }) => bytes.length);
  ends = [whole.length - lengths.reduce((sum, length) => sum + length, 0)];
  for (const length of lengths) ends.push(ends.at(-1)! + length);
});

/** Reads a segment of these bytes. Where another one begins behind it, what is not whole in it is certainly not being written; nor in one that nothing has changed for long. */
function read(bytes: Uint8Array, isNewest = false): { records: ReturnType<JournalReader["read"]>; damagedBytes: number } {
  const damaged = mkdtempSync(join(folder, "..", "damaged-"));
  writeFileSync(join(damaged, segmentFileName(writer, 0)), bytes);
  if (isNewest) utimesSync(join(damaged, segmentFileName(writer, 0)), 1e9, 1e9);
  else writeFileSync(join(damaged, segmentFileName(writer, 1)), "");
  const reader = new JournalReader(damaged, writer);
  const records = [];
  for (let more = reader.read(1 << 20); more.length > 0; more = reader.read(1 << 20)) records.push(...more);
  const { damagedBytes } = reader;
  reader.close();
  return { records, damagedBytes };
}

function seqsOf(bytes: Uint8Array): { seqs: number[]; damagedBytes: number } {
  const { records, damagedBytes } = read(bytes);
  return { seqs: records.map(({ seq }) => seq), damagedBytes };
}

/** Numbers from 1 to `last`, but for one. */
const upTo = (last: number, but = 0): number[] => Array.from({ length: last }, (_, at) => at + 1).filter((seq) => seq !== but);

test("the journal of this suite has a record of each kind, numbered from 1", () => {
  const { seqs, damagedBytes } = seqsOf(whole);
  expect({ seqs, damagedBytes }).toEqual({ seqs: upTo(ends.length - 1), damagedBytes: 0 });
  expect(new Set(read(whole).records.map(({ type }) => type)).size).toBe(5);
});

test("cut at every byte, all records before the cut are read, and the bytes behind the last of them are counted", () => {
  for (let cut = 0; cut < whole.length; cut++) {
    const kept = ends.filter((end) => end <= cut).length - 1;
    expect({ cut, ...seqsOf(whole.subarray(0, cut)) }).toEqual({
      cut,
      seqs: upTo(Math.max(0, kept)),
      damagedBytes: cut - (kept < 0 ? 0 : ends[kept]!),
    });
  }
});

test("with each byte of a record flipped, all other records are read, and the bytes of this one are counted", () => {
  for (let at = ends[0]!; at < whole.length; at++) {
    const hit = ends.findIndex((end) => at < end);
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 0x55;
    expect({ at, ...seqsOf(bytes) }).toEqual({ at, seqs: upTo(ends.length - 1, hit), damagedBytes: ends[hit]! - ends[hit - 1]! });
  }
});

test("with each byte of a record of the newest segment flipped, all other records are read", () => {
  for (let at = ends[0]!; at < whole.length; at++) {
    const hit = ends.findIndex((end) => at < end);
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 0x55;
    const seqs = read(bytes, true).records.map(({ seq }) => seq);
    expect({ at, seqs }).toEqual({ at, seqs: upTo(ends.length - 1, hit) });
  }
});

test("a record that is still being written is waited for, whatever it carries", () => {
  // Its text is another journal, whose records are whole.
  const damaged = mkdtempSync(join(folder, "..", "written-"));
  const journal = new JournalWriter({ folder: damaged, instance: "i", training: "t" });
  const recorder = new Recorder(journal);
  recorder.event({ event: "resume" });
  const file = join(damaged, segmentFileName(journal.writer, 0));
  const before = readFileSync(file).length;
  recorder.log("stdout", Buffer.concat([Buffer.from("a journal: "), whole, whole]));
  recorder.close();
  const bytes = readFileSync(file);
  for (const visible of [before + 1, before + 40, before + whole.length + 30, bytes.length - 1]) {
    writeFileSync(file, bytes.subarray(0, visible));
    const reader = new JournalReader(damaged, journal.writer);
    expect({ visible, seqs: reader.read(1 << 20).map(({ seq }) => seq) }).toEqual({ visible, seqs: [1] });
    writeFileSync(file, bytes);
    expect({ visible, seqs: reader.read(1 << 20).map(({ seq }) => seq) }).toEqual({ visible, seqs: [2] });
    reader.close();
  }
});

test("with each byte of the head flipped, every record is read", () => {
  for (let at = 0; at < ends[0]!; at++) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 0x55;
    const { seqs, damagedBytes } = seqsOf(bytes);
    expect({ at, seqs }).toEqual({ at, seqs: upTo(ends.length - 1) });
    expect([0, ends[0]]).toContain(damagedBytes);
  }
});
