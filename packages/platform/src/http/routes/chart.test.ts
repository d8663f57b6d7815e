import type { ChartAnswer, ChartQuery, ChartSeriesAnswer } from "ava-protocol";
import { expect, test } from "vitest";
import { type Random, randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

interface Point {
  step: number;
  timeMs: number;
  value: number;
}

async function ask({ app }: TestServer, payload: ChartQuery): Promise<ChartAnswer["series"]> {
  const answer = await app.inject({ method: "POST", url: "/v1/series/query", payload });
  return answer.json<ChartAnswer>().series;
}

/** Takes points of `loss` of an instance, whose steps go back now and then. */
async function fill({ store }: TestServer, instance: string, count: number, { next: random }: Random): Promise<Point[]> {
  const writer = new BatchWriter(`writer-${instance}`);
  const points: Point[] = [];
  for (let i = 0, step = 0; i < count; i++) {
    step = random() < 0.001 ? Math.floor(step / 2) : step + 1;
    const value = random() < 0.01 ? Number.NaN : random() < 0.01 ? Number.POSITIVE_INFINITY : random();
    points.push({ step, timeMs: 5000 + i, value });
    writer.log({ loss: value }, step, undefined, BigInt(5000 + i) * 1_000_000n);
  }
  await store.takeRecords(instance, writer.body());
  return points;
}

function expectExact(answer: ChartSeriesAnswer, points: readonly Point[], xOf: (point: Point) => number, from: number, to: number): void {
  const buckets = Array.from({ length: 50 }, (): Point[] => []);
  for (const point of points) {
    const x = xOf(point);
    if (x >= from && x <= to) buckets[Math.min(49, Math.floor(((x - from) / (to - from)) * 50))]!.push(point);
  }
  const full = buckets.filter((bucket) => bucket.length > 0);
  expect(answer).toMatchObject({ raw: false, from, to, bucketWidth: (to - from) / 50 });
  expect(answer.count).toEqual(full.map((bucket) => bucket.length));
  expect(answer.x).toEqual(full.map((bucket) => xOf(bucket.at(-1)!)));
  expect(answer.nan).toEqual(full.map((bucket) => bucket.filter(({ value }) => Number.isNaN(value)).length));
  for (const [row, bucket] of full.entries()) {
    const finite = bucket.map(({ value }) => value).filter(Number.isFinite);
    if (finite.length === 0) continue;
    const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
    expect(answer.mean[row]).toBeCloseTo(mean, 12);
    expect(answer.min[row]).toBe(finite.reduce((least, value) => Math.min(least, value)));
  }
}

test("several series of several instances come in one answer, each bucket as its points make it", async () => {
  const server = await testServer();
  const random = randomOf(seedOfTest());
  const points = { one: await fill(server, "one", 9000, random), two: await fill(server, "two", 5000, random) };
  await server.store.checkpoint();
  const series = [
    { instance: "two", name: "loss" },
    { instance: "one", name: "loss" },
  ];
  const byStep = (await ask(server, { series, from: 100, to: 4100, buckets: 50 })) as ChartSeriesAnswer[];
  expect(byStep).toMatchObject([
    { index: 0, instance: "two", name: "loss", labels: {}, version: 5000, axis: "step" },
    { index: 1, instance: "one", version: 9000 },
  ]);
  expectExact(byStep[0]!, points.two, ({ step }) => step, 100, 4100);
  expectExact(byStep[1]!, points.one, ({ step }) => step, 100, 4100);
  const byTime = (await ask(server, { series, x: "relative", from: 0, to: 4000, buckets: 50 })) as ChartSeriesAnswer[];
  expectExact(byTime[1]!, points.one, ({ timeMs }) => timeMs - 5000, 0, 4000);
});

test("relative time counts from the recorded start; fewer points than buckets come as they are, their mean the value", async () => {
  const server = await testServer();
  const writer = new BatchWriter("writer-one");
  for (const [step, value] of [1, Number.NaN, Number.NEGATIVE_INFINITY].entries())
    writer.log({ loss: value }, step, undefined, BigInt(5000 + step) * 1_000_000n);
  await server.store.takeRecords("one", writer.body());
  await server.store.putFacts("one", { startTime: "1970-01-01T00:00:02.000Z" });
  expect(await ask(server, { series: [{ instance: "one", name: "loss" }], x: "relative", buckets: 10 })).toEqual([
    {
      index: 0,
      instance: "one",
      name: "loss",
      labels: {},
      version: 3,
      axis: "relative",
      raw: true,
      from: 3000,
      to: 3002,
      bucketWidth: 0,
      x: [3000, 3001, 3002],
      min: [1, "NaN", "-Infinity"],
      max: [1, "NaN", "-Infinity"],
      last: [1, "NaN", "-Infinity"],
      mean: [1, "NaN", "NaN"],
      count: [1, 1, 1],
      nan: [0, 1, 0],
      nonFinite: { x: [3001, 3002], value: ["NaN", "-Infinity"] },
    },
  ]);
});

test("series that have not grown since the version that is told are left out; what cannot be answered stands beside the others", async () => {
  const server = await testServer();
  for (const id of ["one", "two"])
    await server.store.takeRecords(id, new BatchWriter(`writer-${id}`, { rank: "0" }).log({ loss: 1, lr: 2 }, 1).body());
  const series = [
    { instance: "one", name: "loss", labels: { rank: "0" } },
    { instance: "one", name: "nothing" },
    { instance: "two", name: "loss", since: 0 },
    { instance: "three", name: "lr", labels: { rank: "0" } },
  ];
  expect(await ask(server, { series, since: 1 })).toMatchObject([
    { index: 1, instance: "one", name: "nothing", error: { code: "not_found" } },
    { index: 2, instance: "two", name: "loss", labels: { rank: "0" }, version: 1, x: [1] },
    { index: 3, instance: "three", name: "lr", labels: { rank: "0" }, error: { code: "not_found" } },
  ]);
  expect(await ask(server, { series, since: 0, x: "relative" })).toMatchObject([
    { x: [0] },
    { index: 1 },
    { x: [0] },
    { error: { code: "not_found" } },
  ]);
});

const many = (length: number): object[] => Array.from({ length }, () => ({ instance: "one", name: "loss" }));

test.each<[string, object, number, string]>([
  ["without series", {}, 400, "bad_request"],
  ["for a series without an instance", { series: [{ name: "loss" }] }, 400, "bad_request"],
  ["for an unknown axis", { series: [], x: "batch" }, 400, "bad_request"],
  ["whose window is turned round", { series: [], from: 2, to: 1 }, 400, "bad_request"],
  ["for too many buckets", { series: [], buckets: 20_001 }, 422, "limit_exceeded"],
  ["for too many series", { series: many(1001), buckets: 1 }, 422, "limit_exceeded"],
  ["for too many buckets together", { series: many(51), buckets: 20_000 }, 422, "limit_exceeded"],
])("a question %s is answered by one clear error", async (_what, payload, status, code) => {
  const { app } = await testServer();
  const answer = await app.inject({ method: "POST", url: "/v1/series/query", payload });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ error: { code } });
});

test("a place on the axis that is not finite is refused", async () => {
  const { app } = await testServer();
  const answer = await app.inject({
    method: "POST",
    url: "/v1/series/query",
    headers: { "content-type": "application/json" },
    payload: '{"series":[],"to":1e400}',
  });
  expect(answer.json()).toMatchObject({ error: { code: "bad_request" } });
});

test("points come with step, epoch and time; of a spike its place is told", async () => {
  const server = await testServer();
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < 5000; step++) writer.log({ loss: step === 637 ? 25 : 1 }, step, 3, BigInt(step) * 1_000_000n);
  await server.store.takeRecords("one", writer.body());
  const get = async (query: Record<string, string>): Promise<unknown> =>
    (await server.app.inject({ url: "/v1/instances/one/points", query: { name: "loss", ...query } })).json();
  const spike = { step: 637, epoch: 3, timeNs: "637000000", value: 25 };
  expect(await get({ above: "2" })).toEqual({ name: "loss", labels: {}, total: 1, points: [spike] });
  expect(await get({ x: "relative", from: "637", to: "637" })).toMatchObject({ total: 1, points: [spike] });
  expect(await get({ limit: "1" })).toMatchObject({ total: 5000, points: [{ step: 4999 }] });
  expect(await get({ name: "acc" })).toMatchObject({ error: { code: "not_found" } });
  expect(await get({ limit: "1001" })).toMatchObject({ error: { code: "bad_request" } });
});

test("an answer tells where the steps go back, and a segment is asked for by the numbers of its points", async () => {
  const server = await testServer();
  const writer = new BatchWriter("writer-one");
  for (const step of [0, 1, 2, 1, 2, 3]) writer.log({ loss: step }, step);
  await server.store.takeRecords("one", writer.body());
  const [answer] = (await ask(server, { series: [{ instance: "one", name: "loss" }] })) as ChartSeriesAnswer[];
  expect(answer!.rewinds).toEqual([{ point: 3, from: 2, to: 1 }]);
  const [segment] = (await ask(server, { series: [{ instance: "one", name: "loss", segment: [3, 6] }] })) as ChartSeriesAnswer[];
  expect([segment!.x, segment!.rewinds]).toEqual([[1, 2, 3], undefined]);
});
