import { expect, test } from "vitest";
import { type Random, randomOf, seedOfTest } from "../../../../../../tests/random.js";
import type { WindowQuery } from "../../contract/window.js";
import { Series } from "../../held/series.js";
import { decodeChunk } from "../../levels/chunk.js";
import { findPoints } from "../../levels/find-points.js";
import { pointBlocks } from "../../levels/points.js";
import { answerWindow, readWindow } from "../../levels/window.js";
import type { SegmentBodies, Stretch } from "./bodies.js";
import { ChunkFetcher } from "./chunk-fetcher.js";
import type { PlacedChunk } from "./overview.js";
import { packChunk } from "./packed-chunk.js";
import { SealedSeries } from "./sealed-series.js";

const TURN = { no: 1, isSaving: false };

/** Segments that are kept in memory, and what was read of them. */
class Segments implements SegmentBodies {
  readonly bytes = new Map<number, Buffer>();
  readonly turns: Stretch[][] = [];

  async read(stretches: readonly Stretch[]): Promise<(Uint8Array | undefined)[]> {
    this.turns.push([...stretches]);
    return stretches.map(({ segment, at, bytes }) => this.bytes.get(segment)?.subarray(at, at + bytes));
  }

  get bytesRead(): number {
    return this.turns.flat().reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** @returns the same points, as they come and sealed */
function pair(points: number, step: (row: number) => number, value: (row: number) => number, cacheBytes?: number) {
  const nothing = { readHeads: () => [], readChunk: () => expect.unreachable() };
  const plain = new Series(5, "run", "loss", {}, nothing, TURN);
  for (let row = 0; row < points; row++) plain.append(step(row), Number.NaN, 395_812_094, row * 1000, value(row));
  const segments = new Segments();
  let packed: Buffer[] = [];
  const placed = plain.waiting.map((chunk, index): PlacedChunk => {
    const { bytes, head, shape } = packChunk({ instance: 9, series: 5, index }, chunk);
    if (index % 7 === 0) packed = [];
    const at = packed.reduce((sum, one) => sum + one.length, 0);
    packed.push(Buffer.from(bytes));
    const segment = 100 + Math.floor(index / 7);
    segments.bytes.set(segment, Buffer.concat(packed));
    return { head, shape, segment, at };
  });
  const damage: string[] = [];
  const fetcher = new ChunkFetcher(segments, (sentence) => damage.push(sentence), cacheBytes);
  const source = new SealedSeries(9, 5, fetcher);
  source.putHeads(placed, undefined);
  const sealed = new Series(5, "run", "loss", {}, source, TURN, { ...plain.totals, storedInLast: 0 });
  // What has come since.
  for (const piece of plain.pieces().slice(placed.length)) {
    const { rows } = piece as { rows: { count: number; step: Float64Array; value: Float64Array; time: Float64Array } };
    for (let row = 0; row < rows.count; row++) sealed.append(rows.step[row]!, Number.NaN, 395_812_094, rows.time[row]!, rows.value[row]!);
  }
  Object.assign(sealed.totals, { count: plain.totals.count });
  return { plain, sealed, segments, fetcher, damage };
}

function window(query: Partial<WindowQuery>): WindowQuery {
  return { instance: "run", name: "loss", axis: "step", buckets: 100, hasMeans: true, nonFinite: 20, rewinds: 20, ...query };
}

function* once<Result>(make: () => Result): Generator<void, Result> {
  yield;
  return make();
}

const SHAPES: [string, (random: Random) => { step: (row: number) => number; value: (row: number) => number }][] = [
  ["even steps", ({ next }) => ({ step: (row) => row * 5, value: () => Math.fround(next()) })],
  [
    "even steps, float64, some not finite",
    ({ next, chance }) => ({ step: (row) => row, value: () => (chance(0.01) ? Number.NaN : chance(0.01) ? Infinity : next()) }),
  ],
  ["steps that go back", ({ next }) => ({ step: (row) => row % 9000, value: () => next() })],
  ["steps that are uneven", ({ next }) => ({ step: (row) => row * 3 + (row % 2), value: () => next() })],
  ["one step", ({ next }) => ({ step: () => 4, value: () => next() })],
];

test.each(SHAPES)("windows of sealed chunks are those of the points as they came: %s", async (_name, shape) => {
  const random = randomOf(seedOfTest());
  const { step, value } = shape(random);
  const { plain, sealed, fetcher } = pair(40_000, step, value, 400_000);
  for (let round = 0; round < 30; round++) {
    const [a, b] = [random.below(220_000) - 10_000, random.below(220_000) - 10_000];
    const range = round % 3 === 0 ? {} : { from: Math.min(a, b), to: Math.max(a, b) };
    const query = window({ ...range, axis: random.pick(["step", "step", "time"]), buckets: random.pick([1, 7, 100, 1000]) });
    const wanted = readWindow(new Map([["loss", plain]]), query.axis === "time" ? { ...query, from: 0, to: 1e13 } : query);
    const found = await fetcher.answer(() =>
      once(() => readWindow(new Map([["loss", sealed]]), query.axis === "time" ? { ...query, from: 0, to: 1e13 } : query)),
    );
    expect(found.columns).toEqual(wanted.columns);
  }
});

test("a chart reads a small part of the chunks in one turn, and nothing when it is asked for again", async () => {
  const { sealed, segments, fetcher } = pair(400_000, (row) => row, Math.sin);
  const ask = () => fetcher.answer(() => once(() => readWindow(new Map([["loss", sealed]]), window({ buckets: 50 }))));
  await ask();
  expect(segments.turns.length).toBe(1);
  const all = [...segments.bytes.values()].reduce((sum, { length }) => sum + length, 0);
  expect(segments.bytesRead).toBeLessThan(all / 8);
  // Levels and one group of values for each of the chunks that an edge lies in.
  expect(segments.turns[0]!.length).toBe(98);
  await ask();
  expect(segments.turns.length).toBe(1);
});

test.each<[string, (row: number) => number, (row: number) => number, Partial<WindowQuery>]>([
  ["values that are not finite", (row) => row, (row) => (row % 30_000 === 7 ? Number.NaN : Math.sin(row)), {}],
  ["steps that go back", (row) => row % 150_000, Math.sin, {}],
  ["time", (row) => row, Math.sin, { axis: "time" }],
  ["fewer points than buckets", (row) => row, Math.sin, { from: 50_000, to: 50_090 }],
  ["a part, with edges in every chunk", (row) => row, Math.sin, { from: 10_000, to: 300_000, buckets: 300 }],
])("a chart is read in one turn, and is exact: %s", async (_name, step, value, range) => {
  const { plain, sealed, segments, fetcher } = pair(400_000, step, value);
  const query = window({ buckets: 50, ...range });
  // Two windows of one question need edges of the same chunks.
  const queries = [query, { ...query, buckets: 37 }];
  const ask = (series: Series) => queries.map((one) => answerWindow(() => new Map([["loss", series]]), one));
  expect(await fetcher.answer(() => once(() => ask(sealed)))).toEqual(ask(plain));
  expect(segments.turns.length).toBe(1);
});

test("points are found and handed out as they came", async () => {
  const { plain, sealed, fetcher } = pair(20_000, (row) => row % 3000, Math.sin, 100_000);
  const query = { instance: "run", name: "loss", axis: "step", above: 0.99, most: 50 } as const;
  const drive = <Result>(steps: Generator<void, Result>): Result => {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  };
  expect(await fetcher.answer(() => findPoints(new Map([["loss", sealed]]), query))).toEqual(
    drive(findPoints(new Map([["loss", plain]]), query)),
  );
  const blocks = await fetcher.answer(() => once(() => [...pointBlocks("run", [sealed], true)]));
  expect(blocks.map(({ rows }) => rows.value)).toEqual([...pointBlocks("run", [plain], true)].map(({ rows }) => rows.value));
});

test("a chunk that is damaged or gone is missing and told, wherever the damage is, and the others are there", async () => {
  for (const where of [0, 40, 5000, -1, -5, -700, undefined]) {
    const { plain, sealed, segments, fetcher, damage } = pair(30_000, (row) => row, Math.sin);
    const [segment] = segments.bytes.keys();
    const chunkBytes = packChunk({ instance: 9, series: 5, index: 0 }, plain.waiting[0]!).bytes.length;
    const bytes = segments.bytes.get(segment!)!;
    if (where === undefined) segments.bytes.delete(segment!);
    else bytes[where < 0 ? chunkBytes + where : where]! ^= 1;
    const found = await fetcher.answer(() => once(() => [...pointBlocks("run", [sealed], true)]));
    const lost = where === undefined ? 7 : 1;
    expect(damage.length).toBe(lost);
    expect(found.flatMap(({ rows }) => [...rows.step])[0]).toBe(lost * 4096);
    const query = window({ from: 0, to: 29_999, buckets: 1000 });
    const { columns } = await fetcher.answer(() => once(() => readWindow(new Map([["loss", sealed]]), query)));
    expect(columns!.damage.length).toBeGreaterThan(0);
    expect(columns!.count.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(30_000 - lost * 4096);
  }
});

test("what a window shows is never of damaged bytes: each byte that a chart reads is checked", async () => {
  const { plain, sealed, segments, fetcher } = pair(9000, (row) => row, Math.sin);
  const query = window({ from: 100, to: 8000, buckets: 3 });
  const wanted = await fetcher.answer(() => once(() => readWindow(new Map([["loss", sealed]]), query)));
  const stretches = segments.turns.flat();
  const random = randomOf(seedOfTest());
  for (const { segment, at, bytes } of stretches) {
    for (let tries = 0; tries < 40; tries++) {
      const place = at + random.below(bytes);
      const of = segments.bytes.get(segment)!;
      of[place]! ^= 4;
      const other = new ChunkFetcher(segments, () => undefined);
      const source = new SealedSeries(9, 5, other);
      source.putHeads(plainPlaces(plain, segments), undefined);
      const series = new Series(5, "run", "loss", {}, source, TURN, { ...plain.totals, storedInLast: 0 });
      const found = await other.answer(() => once(() => readWindow(new Map([["loss", series]]), query)));
      expect(found.columns!.damage.length).toBe(1);
      of[place]! ^= 4;
    }
  }
  expect(wanted.columns!.damage).toEqual([]);
});

function plainPlaces(plain: Series, segments: Segments): PlacedChunk[] {
  let at = 0;
  expect(segments.bytes.size).toBe(1);
  return plain.waiting.map((chunk, index) => {
    const { head, shape } = packChunk({ instance: 9, series: 5, index }, chunk);
    expect(decodeChunk(chunk.body, head).count).toBe(head.count);
    at += shape.bytes;
    return { head, shape, segment: 100, at: at - shape.bytes };
  });
}
