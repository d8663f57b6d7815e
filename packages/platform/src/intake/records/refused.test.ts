import { cpSync } from "node:fs";
import { basename } from "node:path";
import { LIMITS, RECORD_TYPE, RecordEncoder, type RecordsAnswer } from "ava-protocol";
import { expect, onTestFinished, test } from "vitest";
import type { EmbeddedStore } from "../../store/embedded/embedded.js";
import { openStore } from "../../store/embedded/open.js";
import type { Series } from "../../store/held/series.js";
import { newInstance } from "../../store/state/instance.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { testFolder } from "../../testing/folder.js";
import { contentOf as seen } from "../../testing/seen.js";
import { checkBatch } from "./check.js";

const clock = { now: () => 1_700_000_000_000, lostAfterMs: 60_000 };

function open(dataDir: string): EmbeddedStore {
  const store = openStore({ dataDir, now: clock.now });
  onTestFinished(() => store.close());
  return store;
}

function afterCrash(from: string): EmbeddedStore {
  const to = testFolder();
  cpSync(from, to, { recursive: true, filter: (path) => basename(path) !== "lock" });
  return open(to);
}

const contentOf = (store: EmbeddedStore): Promise<object> => seen(store, "one", clock);

test("a series that cannot be named so does not keep the rest of the run out (case 01)", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < 30; step++) writer.log(step === 10 ? { loss: step, "": 1, ["😀".repeat(513)]: 2 } : { loss: step }, step);
  writer.addRaw(RECORD_TYPE.facts, '{"state":"done"}');
  const answer = await store.takeRecords("one", writer.body());
  expect(answer.ack).toBe(writer.seq);
  expect(answer.refused).toEqual([
    { seq: 12, code: "bad_series", message: 'The series name "" is empty.' },
    { seq: 13, code: "bad_series", message: expect.stringMatching(/has more than 512 characters\.$/) },
    { seq: 14, code: "bad_points", message: 'The series name "" is empty.' },
  ]);
  const { detail } = (await contentOf(store)) as { detail: object };
  expect(detail).toMatchObject({ state: "done", series: [{ name: "loss", count: 30 }], drops: { points: 2, logBytes: 0, events: 0 } });
  // The definitions come again in front of the next body: told for their points, not for themselves.
  expect(await store.takeRecords("one", writer.log({ "": 5, loss: 6 }, 31).body())).toMatchObject({
    ack: writer.seq,
    refused: [{ seq: writer.seq, code: "bad_points" }],
  });
  const before = await contentOf(store);
  expect(before).toMatchObject({ detail: { series: [{ count: 31 }], drops: { points: 3 } } });
  expect(await contentOf(afterCrash(dataDir))).toEqual(before);
  await store.checkpoint();
  expect(await contentOf(afterCrash(dataDir))).toEqual(before);
});

const DEEP = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;

const { series, points, log, facts, event, drops } = RECORD_TYPE;
const ID = "\x09\0\0\0";

test.each<[string, number, string, object, object?]>([
  ["params that are a list", facts, '{"params":[1,2],"host":"a"}', { events: 1 }, { host: "a", params: {} }],
  ["params nested 20,000 deep", facts, `{"params":${DEEP},"state":"done"}`, { events: 1 }, { state: "done", params: {} }],
  ["an object for a message", facts, '{"end":{"message":{"toString":1},"exitCode":3}}', { events: 1 }, { end: { exitCode: 3 } }],
  ["a training that no folder can be", facts, '{"training":"a/b"}', { events: 1 }, { training: "demo" }],
  ["facts that are not JSON", facts, "{", { events: 1 }],
  ["facts of 5 MB", facts, `{"host":"${"h".repeat(5_000_000)}"}`, { events: 1 }],
  ["an event nested 20,000 deep", event, `{"event":"fatal","more":${DEEP}}`, { events: 1 }],
  ["an event without a kind", event, '{"message":"x"}', { events: 1 }],
  ["an event whose file is an object", event, '{"event":"snapshot","file":{}}', { events: 1 }],
  ["drops that are a list", drops, "[1]", { events: 1 }],
  ["drops nested 20,000 deep", drops, `{"points":2,"reason":${DEEP}}`, { points: 2 }],
  ["drops whose counts are texts", drops, '{"points":"9","events":-1,"logBytes":5}', { logBytes: 5 }],
  ["a label that is an object", series, `${ID}{"name":"x","labels":{"rank":{"toString":1}}}`, {}],
  ["labels that are a text", series, `${ID}{"name":"x","labels":"abc"}`, {}],
  ["a NUL in a label", series, `${ID}{"name":"x","labels":{"rank":"1\\u0000"}}`, {}],
  ["a lone surrogate in a name", series, `${ID}{"name":"x\\ud800"}`, {}],
  ["a name that is an object", series, `${ID}{"name":{}}`, {}],
  ["a definition without an id", series, "ab", {}],
  ["points without a step", points, "abc", { points: 1 }],
  ["points of half a value", points, "v".repeat(30), { points: 1 }],
  ["values of a series that is not defined", points, "v".repeat(24 + 24), { points: 2 }],
  ["text without a time", log, "12345", { logBytes: 5 }],
])("%s: counted, and the records around it are kept", async (_what, type, payload, lost, shown = {}) => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one").log({ loss: 1 }, 1).addRaw(type, payload).log({ loss: 2 }, 2);
  const answer = await store.takeRecords("one", writer.body());
  expect(answer.ack).toBe(4);
  const { detail } = (await contentOf(store)) as { detail: object };
  expect(detail).toMatchObject({ ...shown, series: [{ name: "loss", count: 2 }], drops: { points: 0, logBytes: 0, events: 0, ...lost } });
  await store.checkpoint();
  expect(await contentOf(afterCrash(dataDir))).toEqual(await contentOf(store));
});

test("records of a type that only newer writers know are passed, counted and told", async () => {
  const store = open(testFolder());
  const writer = new BatchWriter("writer-one").log({ loss: 1 }, 1).addRaw(99, "of tomorrow");
  const answer: RecordsAnswer = await store.takeRecords("one", writer.body());
  expect(answer).toEqual({
    ack: 3,
    refused: [{ seq: 3, code: "unknown_type", message: "Records of type 99 are not known to this platform." }],
  });
  expect(await contentOf(store)).toMatchObject({ detail: { drops: { points: 0, unknownRecords: 1 } } });
});

test("what was sent again is not counted again", async () => {
  const store = open(testFolder());
  const body = new BatchWriter("writer-one").log({ "": 1, loss: 2 }, 1).body();
  const first = await store.takeRecords("one", body);
  expect(first.refused).toHaveLength(2);
  expect(await store.takeRecords("one", body)).toEqual({ ack: first.ack });
  expect(await contentOf(store)).toMatchObject({ detail: { drops: { points: 1 }, series: [{ count: 1 }] } });
});

test("a training that cannot be named so in a header: the run is kept in the default one, and it is told once", async () => {
  const store = open(testFolder());
  const writer = new BatchWriter("writer-one", undefined, "../etc");
  expect(await store.takeRecords("one", writer.log({ loss: 1 }, 1).body())).toMatchObject({
    ack: 2,
    refused: [{ seq: 0, code: "bad_training", message: expect.stringContaining('has a "/" in it') }],
  });
  expect(await store.takeRecords("one", writer.log({ loss: 1 }, 2).body())).toEqual({ ack: 3 });
  expect(await contentOf(store)).toMatchObject({ detail: { training: "default", drops: { events: 1 }, series: [{ count: 2 }] } });
});

test("more series than an instance may have: those that it has go on", () => {
  const known = newInstance("one", "demo", 0);
  for (let i = 1; i < LIMITS.seriesPerInstance; i++) known.series.set(`s${i}`, {} as Series);
  const batch = checkBatch(new BatchWriter("writer-one").log({ s1: 1, new1: 1, new2: 1, s2: 1 }, 1).body(), known);
  expect(batch.drops).toMatchObject({ points: 1, reason: "The instance has as many series as the limit seriesPerInstance = 100000." });
  expect(batch.refused).toMatchObject([{ seq: 3 }, { seq: 5 }]);
});

test("records that are not in the order of their numbers are damage", () => {
  const encoder = new RecordEncoder();
  for (const seq of [2, 1]) encoder.write(seq, { type: "facts", facts: {} });
  const body = Buffer.concat([new BatchWriter("writer-one").body(), encoder.bytes()]);
  expect(() => checkBatch(body, undefined)).toThrow("record 1 comes behind record 2");
});

test("series of odd names that may be are told apart, before and after a restart", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const names = [
    "loss",
    'loss{"rank":"0"}',
    "loss{}",
    "__proto__",
    "toString",
    " loss",
    "loss ",
    "Loss",
    "\ufeffloss",
    "e\u0301",
    "\u00e9",
    "\u2028",
    "😀".repeat(512),
    "'",
  ];
  const values = Object.fromEntries(names.map((name, i) => [name, i]));
  Object.defineProperty(values, "__proto__", { value: 3, enumerable: true });
  await store.takeRecords("one", new BatchWriter("writer-one").log(values, 1).body());
  await store.takeRecords("one", new BatchWriter("writer-two", { rank: "0" }).log({ loss: 99 }, 1).body());
  const before = (await contentOf(store)) as { detail: { series: { name: string; last: number }[]; drops: object } };
  expect(before.detail.series.map(({ name, last }) => [name, last])).toEqual([...names.map((name, i) => [name, i]), ["loss", 99]]);
  expect(before.detail.drops).toEqual({ points: 0, logBytes: 0, events: 0 });
  expect(await contentOf(afterCrash(dataDir))).toEqual(before);
  await store.close();
  expect(await contentOf(open(dataDir))).toEqual(before);
});

test("thousands of labels of a header, or tags of a line, do not make the platform deaf", async () => {
  const store = open(testFolder());
  const labels = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`l${i}`, "v"]));
  const writer = new BatchWriter("writer-one", labels);
  for (let id = 0; id < 50_000; id++) writer.addRaw(series, `${ID}{"name":"s${id}"}`);
  expect(await store.takeRecords("one", writer.body())).toMatchObject({ ack: 50_000, refused: { length: 20 } });
  const tags = Array.from({ length: 50_000 }, (_, i) => `,t${i}=1`).join("");
  const fields = Array.from({ length: 50_000 }, (_, i) => `f${i}=1`).join(",");
  expect(await store.takeLines("one", Buffer.from(`m${tags} ${fields}\nm v=1 1\n`))).toEqual({ accepted: 1, rejected: 50_000 });
});

test("megabytes of digits that are not a number do not make the platform deaf", async () => {
  const store = open(testFolder());
  const answer = store.takeLines("one", Buffer.from(`m v=${"1".repeat(4_000_000)}x\nm v=1 1\n`));
  expect(await answer).toEqual({ accepted: 1, rejected: 1 });
});
