import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LinesFile } from "../console/lines/lines-file.js";
import type { LinesHeader } from "../console/lines/lines-header.js";
import { LinesSource } from "../console/lines/lines-source.js";
import type { ReadRecord } from "../record/journal/journal-reader.js";
import { JobFolder } from "../snapshot/job-folder.js";
import { LinesSnapshots } from "../snapshot/lines-snapshots.js";

const WRITER = "0123456789abcdef";
const HEADER = {
  version: 1,
  instance: "lines-1",
  training: "tests",
  writer: WRITER,
  pid: 1,
  host: "nowhere",
  parser: "caffe",
  purpose: "metrics",
  referenceTimeMs: Date.UTC(2026, 5, 1),
  workingFolder: "/data",
  batchOfEpoch: 100,
};
const FIXTURES = join(import.meta.dirname, "../console/parsers/caffe/fixtures");

function newFile(text = "", header: object = HEADER): LinesFile {
  const path = join(mkdtempSync(join(tmpdir(), "ava-lines-")), `${WRITER}.lines`);
  writeFileSync(path, `${JSON.stringify(header)}\n${text}`);
  return new LinesFile(path, WRITER);
}

function textsOf(file: LinesFile): string[] {
  expect(file.header()).toMatchObject({ writer: WRITER });
  const texts: string[] = [];
  for (let lines = file.read(); lines.length > 0; lines = file.read()) texts.push(...lines.map(({ bytes }) => bytes.toString()));
  return texts;
}

function recordsOf(source: LinesSource, maxBytes: number): ReadRecord[] {
  const records: ReadRecord[] = [];
  for (let piece = source.read(maxBytes); piece.length > 0; piece = source.read(maxBytes)) records.push(...piece);
  return records;
}

function caffeLines(name: string): string {
  const lines = readFileSync(join(FIXTURES, name), "utf8").split("\n").slice(0, -1);
  return lines.map((line, index) => `${HEADER.referenceTimeMs + index}\t${line}\n`).join("");
}

test("lines are read with their times, and one that is being written is not read before its end", () => {
  const file = newFile("1795408748123\tone\n1795408748124\ttw");
  expect(file.header()).toMatchObject({ instance: "lines-1", batchOfEpoch: 100 });
  const [first, ...rest] = file.read();
  expect([first?.timeMs, first?.bytes.toString(), rest]).toEqual([1795408748123, "one\n", []]);
  expect(file.read()).toEqual([]);
  appendFileSync(file.path, "o\nno time at all\n");
  expect(file.read().map(({ timeMs, bytes }) => [timeMs, bytes.toString()])).toEqual([
    [1795408748124, "two\n"],
    [1795408748124, "no time at all\n"],
  ]);
});

test("a line longer than 16 MiB loses its end and nothing else", () => {
  const long = "x".repeat(40 * 1024 * 1024);
  const texts = textsOf(newFile(`1\ta\n2\t${long}\n3\tb\n4\t${"y".repeat(1_000_000)}\n`));
  expect(texts.map((text) => [text[0], text.length])).toEqual([
    ["a", 2],
    ["x", 16 * 1024 * 1024 - 1],
    ["b", 2],
    ["y", 1_000_001],
  ]);
});

test.each([
  ["no JSON", "hello", "the first line is not valid JSON"],
  ["null", "null", "the first line is not a JSON object"],
  ["a newer version", JSON.stringify({ ...HEADER, version: 2 }), "its version is 2, and this SDK reads 1: install a newer one"],
  ["no pid", JSON.stringify({ ...HEADER, pid: null }), "'pid' is missing in the first line"],
  ["another purpose", JSON.stringify({ ...HEADER, purpose: "tea" }), "this SDK does not know the purpose 'tea'"],
  ["another name", JSON.stringify({ ...HEADER, writer: "ffff456789abcdef" }), "it has the name of another writer"],
])("a header that is %s is told of", (_, header, reason) => {
  const file = newFile();
  writeFileSync(file.path, `${header}\n`);
  expect(file.header()).toBe(reason);
});

test.each(readdirSync(FIXTURES).filter((name) => name.endsWith(".log")))("%s gives the same records however it is read", (name) => {
  const lines = caffeLines(name);
  const read = (maxBytes: number) => {
    const file = newFile(lines);
    return recordsOf(new LinesSource(file, file.header() as LinesHeader, () => undefined), maxBytes);
  };
  const records = read(1);
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
  expect(read(1024 * 1024)).toEqual(records);

  const file = newFile(lines);
  const source = new LinesSource(file, file.header() as LinesHeader, () => undefined);
  source.read(5_000);
  source.rewind();
  expect(recordsOf(source, 5_000)).toEqual(records);
  source.deleteAcknowledged(records.length - 1, true);
  source.deleteAcknowledged(records.length, false);
  expect(existsSync(file.path)).toBe(true);
  source.deleteAcknowledged(records.length, true);
  expect(existsSync(file.path)).toBe(false);
});

test("snapshots that lines name are added once, by the process that reads them, and wait for a place in the queue", () => {
  const named = (step: number) =>
    [`net_iter_${step}.caffemodel`, `net_iter_${step}.solverstate`]
      .map(
        (name) =>
          `${HEADER.referenceTimeMs + step}\tI0613 10:21:25.756645  1949 solver.cpp:464] Snapshotting to binary proto file ${name}\n`,
      )
      .join("");
  const jobs = new JobFolder(mkdtempSync(join(tmpdir(), "ava-jobs-")));
  const file = newFile(Array.from({ length: 130 }, (_, index) => named((index + 1) * 100)).join(""), {
    ...HEADER,
    purpose: "snapshots",
    otherFiles: ["net.prototxt"],
  });
  const reader = () => {
    const again = new LinesFile(file.path, WRITER);
    return new LinesSnapshots(
      again,
      again.header() as LinesHeader,
      jobs,
      () => ({ params: {}, trainingRef: {} }),
      () => undefined,
    );
  };
  expect(() => reader().read(true)).toThrow(expect.objectContaining({ code: "SNAPSHOT_QUEUE_FULL" }));
  expect(() => reader().read(true)).toThrow(expect.objectContaining({ code: "SNAPSHOT_QUEUE_FULL" }));
  const ids = jobs.waitingIds();
  expect(ids).toHaveLength(128);
  expect(jobs.read(ids[127] as string)).toMatchObject({
    model: "lines-1-snapshot-model:epoch_128",
    files: ["/data/net_iter_12800.caffemodel", "/data/net_iter_12800.solverstate", "/data/net.prototxt"],
    metric: { batch: 12_800, epoch: 128 },
  });
  for (const id of ids) jobs.store(jobs.read(id) as NonNullable<ReturnType<JobFolder["read"]>>);
  const last = reader();
  expect([last.read(true), last.read(true), existsSync(file.path)]).toEqual([false, true, false]);
  expect(jobs.waitingIds()).toHaveLength(2);
});
