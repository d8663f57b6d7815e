import { expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../../tests/random.js";
import { encodeChunk } from "../../levels/chunk.js";
import { decodeOverview, encodeOverview, type PlacedChunk } from "./overview.js";
import { packChunk } from "./packed-chunk.js";

const KEY = { instance: 1, series: 3, first: 64 };

interface Clock {
  unitNs: number;
  jitterNs: number;
}

function chunks(count: number, points: number, { unitNs, jitterNs }: Clock, value: (random: number) => number): PlacedChunk[] {
  const { next } = randomOf(seedOfTest());
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const startNs = 1_700_000_000_000_000_000n + BigInt(index * points) * 5_000_000n;
    const timeBaseHi = Number(startNs >> 32n);
    const offset = Number(startNs - (BigInt(timeBaseHi) << 32n));
    const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: points }, (_row, row) => of(row));
    const time = column((row) => Math.round((offset + row * 5e6 + next() * jitterNs) / unitNs) * unitNs);
    const rows = {
      count: points,
      timeBaseHi,
      step: column((row) => index * points + row),
      time,
      epoch: column(() => Number.NaN),
      value: column(() => value(next())),
    };
    const { head, shape } = packChunk({ ...KEY, index: KEY.first + index }, encodeChunk(rows));
    at += shape.bytes;
    return { head, shape, segment: 1000 + Math.floor(index / 40) * 7, at: at - shape.bytes };
  });
}

const CLOCKS: [string, Clock][] = [
  ["whole milliseconds", { unitNs: 1e6, jitterNs: 0 }],
  ["microseconds that jitter", { unitNs: 1000, jitterNs: 4e6 }],
  ["nanoseconds that jitter", { unitNs: 1, jitterNs: 4e6 }],
];

test.each(CLOCKS)("heads and places of chunks come back bit for bit: %s", (_name, clock) => {
  for (const [count, value] of [
    [1, (x: number) => x],
    [70, (x: number) => Math.fround(x)],
    [70, (x: number) => (x < 0.1 ? Number.NaN : x < 0.2 ? Infinity : -x)],
  ] as const) {
    const all = chunks(count, 30, clock, value);
    expect(decodeOverview(KEY, encodeOverview(KEY, all))).toEqual(all);
  }
});

test("an overview that is damaged anywhere, cut or of another series is not taken", () => {
  const bytes = encodeOverview(
    KEY,
    chunks(3, 30, CLOCKS[1]![1], (x) => x),
  );
  for (let at = 0; at < bytes.length; at++) {
    bytes[at]! ^= 1 << (at % 8);
    expect(decodeOverview(KEY, bytes)).toBeUndefined();
    bytes[at]! ^= 1 << (at % 8);
    expect(decodeOverview(KEY, bytes.subarray(0, at))).toBeUndefined();
  }
  for (const other of [{ instance: 2 }, { series: 4 }, { first: 0 }]) expect(decodeOverview({ ...KEY, ...other }, bytes)).toBeUndefined();
});

test("an overview of ten million points stays small", () => {
  const narrow = encodeOverview(KEY, chunks(1000, 64, CLOCKS[1]![1], Math.fround));
  const wide = encodeOverview(
    KEY,
    chunks(1000, 64, CLOCKS[1]![1], (x) => x),
  );
  expect([narrow.length / 1000, wide.length / 1000].map(Math.ceil)).toEqual([31, 43]);
});
