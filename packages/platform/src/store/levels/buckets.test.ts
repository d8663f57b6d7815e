import type { SeriesAxis } from "ava-protocol";
import { expect, test } from "vitest";
import { type Random, randomOf, seedOfTest } from "../../../../../tests/random.js";
import { damaged } from "../../error.js";
import type { WindowColumns } from "../contract/window.js";
import { type ChunkSource, Series } from "../held/series.js";
import { decodeChunk, type EncodedChunk } from "./chunk.js";
import { decodeHead, encodeHead } from "./head.js";
import { splitTimeNs } from "./totals.js";
import { readWindow } from "./window.js";

interface Point {
  step: number;
  epoch: number;
  timeNs: bigint;
  value: number;
}

/** A series whose whole chunks go through their stored form after some appends, as at checkpoints. */
function storedSeries(damagedChunk?: number): { series: Series; store: () => void } {
  const chunks: EncodedChunk[] = [];
  const source: ChunkSource = {
    readHeads: (_no, end) => chunks.slice(0, end).map((chunk) => decodeHead(encodeHead(chunk.head))),
    readChunk: (_no, index) => {
      if (index === damagedChunk) throw damaged(`chunk ${index}`);
      return { head: chunks[index]!.head, body: decodeChunk(chunks[index]!.body, chunks[index]!.head) };
    },
  };
  const turn = { no: 1, isSaving: false };
  const series = new Series(1, "i", "loss", {}, source, turn);
  const store = (): void => {
    turn.no++;
    const state = series.takeState();
    if (state === undefined) return;
    chunks.push(...state.waiting);
    // The tail stays in memory.
    series.markStored({ ...state, tail: undefined });
  };
  return { series, store };
}

function randomPoints({ next: random }: Random, count: number): Point[] {
  const isWild = random() < 0.3;
  const strideNs = BigInt(Math.floor(random() * 1e9));
  let step = 0;
  let timeNs = 1_528_885_285_000_000_000n;
  return Array.from({ length: count }, () => {
    if (random() < (isWild ? 0.05 : 0.0005)) step = Math.floor(step * random());
    else step += random() < 0.1 ? 0 : isWild ? random() * 10 : 1;
    timeNs += random() < 0.001 ? -strideNs * 50n : strideNs + BigInt(Math.floor(random() * 1e6));
    const dice = random();
    const value =
      dice < 0.02 ? Number.NaN : dice < 0.03 ? Number.POSITIVE_INFINITY : dice < 0.04 ? Number.NEGATIVE_INFINITY : random() * 2 - 1;
    return {
      step,
      epoch: random() < (isWild ? 0.2 : 0) ? Number.NaN : Math.floor(step / 100),
      timeNs,
      value: isWild ? Math.fround(value) : value,
    };
  });
}

const xOf: Record<SeriesAxis, (point: Point) => number> = {
  step: (point) => point.step,
  epoch: (point) => point.epoch,
  time: (point) => Number(point.timeNs) / 1e6,
};

type Columns = Pick<WindowColumns, "isRaw" | "x" | "min" | "max" | "last" | "count" | "nan">;

/** What the wire's page says, point by point. */
function bruteForce(
  points: Point[],
  axis: SeriesAxis,
  from: number,
  to: number,
  buckets: number,
): { columns: Columns; finite: number[][] } {
  const inside = points.map((point) => ({ x: xOf[axis](point), value: point.value })).filter(({ x }) => x >= from && x <= to);
  const isRaw = inside.length < buckets;
  const groups: (typeof inside)[] = isRaw ? inside.map((point) => [point]) : Array.from({ length: buckets }, () => []);
  if (!isRaw) {
    for (const point of inside) {
      const bucket = point.x >= to ? buckets - 1 : Math.min(buckets - 1, Math.floor(((point.x - from) / (to - from)) * buckets));
      groups[bucket]!.push(point);
    }
  }
  const full = groups.filter((group) => group.length > 0);
  const numbers = (group: typeof inside): number[] => group.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = (values: number[]): number => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const orNan = (values: number[], choose: (values: number[]) => number): number => (values.length === 0 ? Number.NaN : choose(values));
  const columns = {
    isRaw,
    x: Float64Array.from(full, (group) => group.at(-1)!.x),
    min: Float64Array.from(full, (group) => orNan(numbers(group), least)),
    max: Float64Array.from(full, (group) => orNan(numbers(group), most)),
    last: Float64Array.from(full, (group) => group.at(-1)!.value),
    count: Float64Array.from(full, (group) => group.length),
    nan: Float64Array.from(full, (group) => group.length - numbers(group).length),
  };
  return { columns, finite: full.map((group) => numbers(group).filter(Number.isFinite)) };
}

/** Sum of values that are multiples of 2^-1074, digit for digit, divided by their number. */
function exactMean(values: readonly number[]): number {
  const UNIT = 1074n;
  if (values.length === 0) return Number.NaN;
  let sum = 0n;
  for (const value of values) {
    const bits = new BigUint64Array(Float64Array.of(value).buffer)[0]!;
    const exponent = (bits >> 52n) & 0x7ffn;
    const digits = (bits & 0xf_ffff_ffff_ffffn) | (exponent === 0n ? 0n : 1n << 52n);
    sum += (value < 0 ? -digits : digits) << (exponent === 0n ? 0n : exponent - 1n);
  }
  // 80 digits behind the point of the quotient, of which float64 keeps 53.
  const quotient = (sum << 80n) / BigInt(values.length);
  return fromUnits(quotient, UNIT + 80n);
}

/** @returns `digits * 2^-scale` as float64 */
function fromUnits(digits: bigint, scale: bigint): number {
  const size = digits < 0n ? -digits : digits;
  const shift = BigInt(Math.max(0, size.toString(2).length - 64));
  return Number(digits >> shift) * 2 ** Number((shift - scale) / 2n) * 2 ** Number(shift - scale - (shift - scale) / 2n);
}

function ask(series: Series, axis: SeriesAxis, buckets: number, from?: number, to?: number): WindowColumns {
  const ends = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return readWindow(new Map([["loss", series]]), { instance: "i", name: "loss", axis, buckets, hasMeans: true, nonFinite: 20, ...ends })
    .columns!;
}

test.each(Array.from({ length: 24 }, (_, round) => round))("buckets are those of brute force over the raw points (round %i)", (round) => {
  const draws = randomOf(seedOfTest() + round);
  const random = draws.next;
  const points = randomPoints(draws, [3, 70, 4096, 4097, 9000, 20_000][round % 6]!);
  const { series, store } = storedSeries();
  for (const point of points) {
    const { hi, lo } = splitTimeNs(point.timeNs);
    series.append(point.step, point.epoch, hi, lo, point.value);
    if (random() < 0.0002) store();
  }
  for (const axis of ["step", "time", "epoch"] as const) {
    const xs = points.map(xOf[axis]).filter((x) => !Number.isNaN(x));
    const low = xs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const high = xs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    for (let query = 0; query < 12; query++) {
      const buckets = draws.pick([1, 2, 7, 100, 1000]);
      const ends = [low + (high - low) * random() * 1.1, low - 1 + (high - low) * random()].sort((a, b) => a - b);
      const [from, to] = query === 0 ? [undefined, undefined] : query === 1 ? [xs[0]!, xs[0]!] : ends;
      const expected = bruteForce(points, axis, from ?? low, to ?? high, buckets);
      const { from: _from, to: _to, damage, mean, nonFinite, ...columns } = ask(series, axis, buckets, from, to);
      expect(columns).toEqual(expected.columns);
      expect(nonFinite).toEqual(firstNonFinite(points, axis, from ?? low, to ?? high));
      expect(mean).toHaveLength(expected.finite.length);
      expected.finite.forEach((values, row) => expectMean(mean![row]!, values));
      expect(damage).toEqual([]);
    }
  }
});

function firstNonFinite(points: readonly Point[], axis: SeriesAxis, from: number, to: number): WindowColumns["nonFinite"] {
  const inside = points.filter((point) => !Number.isFinite(point.value) && xOf[axis](point) >= from && xOf[axis](point) <= to).slice(0, 20);
  return { x: inside.map(xOf[axis]), value: inside.map(({ value }) => value) };
}

/** A mean is right to one unit of the last digit of the values' mean size. */
function expectMean(mean: number, values: readonly number[]): void {
  const tolerance = exactMean(values.map(Math.abs)) * Number.EPSILON;
  const isRight = values.length === 0 ? Number.isNaN(mean) : Math.abs(mean - exactMean(values)) <= tolerance;
  expect({ mean, values, isRight }).toMatchObject({ isRight: true });
}

test("means of values whose sum is beyond float64, or that cancel each other, are right", () => {
  const { series, store } = storedSeries();
  const huge = Number.MAX_VALUE;
  const values = Array.from({ length: 9000 }, (_, i) => (i < 4096 ? huge : i < 8192 ? -huge / 2 : [1e16, 1, -1e16, 1][i % 4]!));
  for (const [step, value] of values.entries()) series.append(step, Number.NaN, 0, 0, value);
  store();
  expect(ask(series, "step", 1, 0, 4095).mean).toEqual(Float64Array.of(huge));
  expect(ask(series, "step", 1, 0, 8191).mean![0]).toBeCloseTo(huge / 4, -293);
  expect(ask(series, "step", 2, 8192, 8999).mean).toEqual(Float64Array.of(0.5, 0.5));
});

test("a series of infinite steps still has an extent of its finite ones", () => {
  const { series } = storedSeries();
  for (const step of [Number.NEGATIVE_INFINITY, 1, 2, Number.POSITIVE_INFINITY, Number.NaN]) series.append(step, Number.NaN, 0, 0, 1);
  expect(ask(series, "step", 10)).toMatchObject({ from: 1, to: 2, x: Float64Array.of(1, 2) });
});

test("points of a chunk that was counted by its head and is damaged are missing, which is told, and those behind it keep their numbers", () => {
  const { series, store } = storedSeries(0);
  for (let point = 0; point < 9000; point++) series.append(point === 10 ? 5 : point === 8000 ? 7000 : point, Number.NaN, 0, 0, 1);
  store();
  const query = { instance: "i", name: "loss", axis: "time", from: -1e9, to: 1e9, buckets: 10_000, rewinds: 5 } as const;
  const { columns } = readWindow(new Map([["loss", series]]), query);
  expect(columns).toMatchObject({ isRaw: true, damage: ["chunk 0"], rewinds: [{ point: 8000, from: 7999, to: 7000 }] });
  expect([columns!.x.length, columns!.count.length, columns!.last.every((value) => value === 1)]).toEqual([9000 - 4096, 9000 - 4096, true]);
});
