import type { WindowAnswer, WindowQuery } from "../contract/window.js";
import { Series } from "../held/series.js";
import { CHUNK_POINTS } from "../levels/chunk.js";
import { answerWindow } from "../levels/window.js";
import { inSlices, type Steps } from "../slices.js";
import { TURN } from "./hold/held.js";
import type { SegmentBodies } from "./segments/bodies.js";
import { ChunkFetcher } from "./segments/chunk-fetcher.js";
import { decodeOverview, encodeOverview, type PlacedChunk } from "./segments/overview.js";
import { packChunk } from "./segments/packed-chunk.js";
import { SealedSeries } from "./segments/sealed-series.js";

/** Chunks of a made-up series, and charts of it: with half of them, half is compiled. */
const CHUNKS = 64;
const CHARTS = 60;

/** Values that are kept as float32, and as float64. */
const VALUES = [(row: number): number => Math.fround(Math.sin(row)), Math.cos];

const INSTANCE = 1;
const NO = 1;
const QUERY: WindowQuery = {
  instance: "rehearsal",
  name: "loss",
  axis: "step",
  buckets: 29,
  hasMeans: true,
  nonFinite: 1000,
  rewinds: 100,
};

const NO_CHUNKS = {
  readHeads: () => [],
  readChunk: () => {
    throw new Error("Nothing is stored.");
  },
};

/**
 * Draws charts of made-up series, so that the code for it is compiled before the first page asks for one: that takes less than half the time then.
 *
 * @param signal - ends it early
 * @param tell - called with the answer of each chart
 */
export async function rehearseCharts(signal: AbortSignal, tell: (answer: WindowAnswer) => void = () => undefined): Promise<void> {
  for (const value of VALUES) {
    const plain = await inSlices(makeSeries(value));
    const { heads, bodies } = packed(plain);
    for (let chart = 0; chart < CHARTS && !signal.aborted; chart++) {
      const fetcher = new ChunkFetcher(bodies, () => undefined);
      const source = new SealedSeries(INSTANCE, NO, fetcher);
      source.putHeads(decodeOverview({ instance: INSTANCE, series: NO, first: 0 }, heads)!, undefined);
      const sealed = new Map([["loss", new Series(NO, QUERY.instance, QUERY.name, {}, source, TURN, plain.totals)]]);
      tell(
        await fetcher.answer(function* () {
          yield;
          return answerWindow(() => sealed, QUERY);
        }),
      );
      // Requests come first.
      await new Promise(setImmediate);
    }
  }
}

function* makeSeries(value: (row: number) => number): Steps<Series> {
  const series = new Series(NO, QUERY.instance, QUERY.name, {}, NO_CHUNKS, TURN);
  for (let row = 0; row < CHUNKS * CHUNK_POINTS; row++) {
    series.append(row, Number.NaN, 0, row * 1000, value(row));
    if (row % CHUNK_POINTS === 0) yield;
  }
  return series;
}

/** @returns what a sealer makes of a series, in one segment */
function packed({ waiting }: Series): { heads: Buffer; bodies: SegmentBodies } {
  const chunks = waiting.map((chunk, index) => packChunk({ instance: INSTANCE, series: NO, index }, chunk));
  let at = 0;
  const placed = chunks.map(({ head, shape }): PlacedChunk => ({ head, shape, segment: 1, at: (at += shape.bytes) - shape.bytes }));
  const segment = Buffer.concat(chunks.map(({ bytes }) => bytes));
  return {
    heads: encodeOverview({ instance: INSTANCE, series: NO, first: 0 }, placed),
    bodies: { read: async (stretches) => stretches.map((one) => segment.subarray(one.at, one.at + one.bytes)) },
  };
}
