import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { copyAfterCrash } from "../../testing/crash.js";
import { testFolder } from "../../testing/folder.js";
import { idsOf, seriesOf } from "../../testing/seen.js";
import type { EmbeddedStore } from "./embedded.js";
import { readSegment, type SegmentPart } from "./log/read-segment.js";
import { SegmentFile } from "./log/segment-file.js";
import { openStore } from "./open.js";

interface Opened {
  store: EmbeddedStore;
  dataDir: string;
  warnings: string[];
}

function open(dataDir = testFolder()): Opened {
  const warnings: string[] = [];
  const store = openStore({ dataDir, now: () => 1_700_000_000_000, warn: (message) => warnings.push(message) });
  onTestFinished(() => store.close());
  return { store, dataDir, warnings };
}

function segmentOf(dataDir: string): string {
  return join(dataDir, "log", readdirSync(join(dataDir, "log")).find((name) => name.endsWith(".log"))!);
}

/** Flips a bit in the middle of one request of the log. */
function damage(dataDir: string, frame: number): void {
  const path = segmentOf(dataDir);
  const bytes = readFileSync(path);
  const parts = [...(readSegment(bytes) as Iterable<SegmentPart>)];
  const { start, end } = parts[frame]!;
  bytes[(start + end) >> 1]! ^= 4;
  writeFileSync(path, bytes);
}

const copies = (dataDir: string) => readdirSync(join(dataDir, "log")).filter((name) => name.includes(".damaged."));

test("instances that were put without any records are all there after a crash", async () => {
  const { store, dataDir } = open();
  const ids = Array.from({ length: 6 }, (_, i) => `ins-${i}`);
  for (const id of ids) await store.putFacts(id, { state: "running" });
  await store.takeRecords("ins-0", new BatchWriter("writer-one").log({ loss: 1 }, 1).body());
  await store.requestStop("ins-1", "enough");
  const { store: again, warnings } = open(copyAfterCrash(dataDir));
  expect(await idsOf(again)).toEqual(ids);
  expect((await seriesOf(again, "ins-0", "loss"))?.count).toBe(1);
  expect((await again.instance("ins-1")).stopRequested?.reason).toBe("enough");
  expect(warnings).toEqual([]);
});

test("changes that come after the log's segment was removed are logged anew, and those before reach the database", async () => {
  const { store, dataDir } = open();
  await store.putFacts("before", {});
  rmSync(segmentOf(dataDir));
  await store.putFacts("after", {});
  expect(await idsOf(open(copyAfterCrash(dataDir)).store)).toEqual(["after"]);
  await store.checkpoint();
  expect(await idsOf(open(copyAfterCrash(dataDir)).store)).toEqual(["after", "before"]);
});

test("damage in the log costs the request that it hits; it is told with its place and the records that are lost, and copied", async () => {
  const { store, dataDir } = open();
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < 9; step++) await store.takeRecords("one", writer.log({ loss: step }, step).body());
  const copy = copyAfterCrash(dataDir);
  damage(copy, 2);
  const { store: again, warnings } = open(copy);
  expect(await seriesOf(again, "one", "loss")).toMatchObject({ count: 8, last: 8 });
  expect(warnings).toEqual([
    expect.stringMatching(/^store_damaged: .*00000001\.log is damaged from byte \d+ on, \d+ bytes: 1 request is lost, all others are kept/),
    expect.stringMatching(/^store_damaged: The records 4 to 4 of writer writer-one are lost: .* \(instance one\)/),
  ]);
  const event = { event: "store_damaged", message: expect.stringContaining("4 to 4 of writer writer-one are lost") };
  expect((await again.instance("one")).events).toMatchObject([event]);
  expect(copies(copy)).toHaveLength(1);
  // The shipper was told that all of them are kept: it goes on behind the last one.
  expect(await again.takeRecords("one", writer.log({ loss: 9 }, 9).body())).toEqual({ ack: writer.seq });
});

test("a writer whose last request is damaged is asked to send again from there", async () => {
  const { store, dataDir } = open();
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < 3; step++) await store.takeRecords("one", writer.log({ loss: step }, step).body());
  const copy = copyAfterCrash(dataDir);
  damage(copy, 2);
  const { store: again, warnings } = open(copy);
  expect(warnings).toEqual([expect.stringContaining("at least one request is lost")]);
  await expect(again.takeRecords("one", writer.log({ loss: 9 }, 9).body())).rejects.toMatchObject({ code: "seq_gap", ack: 3 });
});

test("a second damage does not replace the copy of the first, and the same damage is copied once", async () => {
  const { store, dataDir } = open();
  for (const id of ["one", "two", "three"]) await store.putFacts(id, { state: "running" });
  const copy = copyAfterCrash(dataDir);
  damage(copy, 0);
  open(copyAfterCrash(copy));
  open(copy);
  const [first] = copies(copy);
  const again = copyAfterCrash(copy);
  damage(again, 2);
  const { store: last } = open(again);
  expect(await idsOf(last)).toEqual(["two"]);
  expect(copies(again)).toHaveLength(2);
  expect(copies(again)).toContain(first);
  await last.takeRecords("two", new BatchWriter("writer-two").log({ loss: 1 }, 1).body());
  await last.checkpoint();
  expect(copies(again)).toHaveLength(2);
});

test("a request in the log that cannot be applied is set aside and told; the store starts, checkpoints and starts again", async () => {
  const { store, dataDir } = open();
  await store.putFacts("one", { state: "running" });
  await store.close();
  const log = new SegmentFile(join(dataDir, "log", "00000002.log"));
  const none = new Uint8Array(0);
  const atMs = 1;
  log.append({ kind: "records", atMs, instance: "two" }, Buffer.from("not records"));
  log.append({ kind: "model", atMs }, none);
  log.append({ kind: "model", atMs, spec: { name: "m", trainingRef: { instanceID: { toString: 1 } } } }, none);
  const deep = JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`);
  log.append({ kind: "facts", atMs, instance: "one", facts: { params: { deep }, host: "node-7" } }, none);
  log.append({ kind: "model", atMs, spec: { name: "deep", deep } }, none);
  log.append({ kind: "facts", atMs, instance: "three", facts: { training: "t" } }, none);
  log.close();
  const { store: again, warnings } = open(dataDir);
  expect(await idsOf(again)).toEqual(["one", "three"]);
  expect((await again.instance("one")).facts).toMatchObject({ host: "node-7", state: "running" });
  expect((await again.models({})).map(({ name }) => name)).toEqual(["m"]);
  expect(warnings).toEqual(
    [1, 2, 3, 4].map(() => expect.stringMatching(/^store_damaged: .* cannot be applied .* A copy of these bytes is in /)),
  );
  expect(copies(dataDir)).toHaveLength(4);
  await again.checkpoint();
  await again.close();
  expect(await idsOf(open(dataDir).store)).toEqual(["one", "three"]);
});

test("a log of the first version is read on, and new requests go to a new segment", async () => {
  const { store, dataDir } = open();
  await store.close();
  const frames = ["one", "two"].map((instance) => {
    const json = Buffer.from(JSON.stringify({ kind: "facts", instance, atMs: 1, facts: { training: "t" } }));
    const frame = Buffer.concat([Buffer.alloc(12), json]);
    frame.writeUInt32LE(frame.length - 8, 0);
    frame.writeUInt32LE(json.length, 8);
    // As those platforms wrote it: right for the first of a process, 0 for all others.
    frame.writeUInt32LE(instance === "one" ? crc32(frame.subarray(8)) : 0, 4);
    return frame;
  });
  writeFileSync(join(dataDir, "log", "00000001.log"), Buffer.concat([Buffer.from("AVAL\u0001\0\0\0"), ...frames]));
  const { store: again, warnings } = open(dataDir);
  expect(await idsOf(again)).toEqual(["one", "two"]);
  await again.putFacts("three", { state: "running" });
  const { store: last } = open(copyAfterCrash(dataDir));
  expect(await idsOf(last)).toEqual(["one", "three", "two"]);
  expect(warnings).toEqual([]);
});
