// The thread that reads a log with rules that somebody sent: what they cost is not felt by who else asks the platform.
import { parentPort, workerData } from "node:worker_threads";
import { seriesKey } from "ava-protocol";
import { AvaError, type ReadPoint } from "ava-sdk/reread";
import { LogStreams } from "./log-streams.js";
import type { LogEnd, LogPiece, ReadFailure, ReadRows, ThreadOptions } from "./messages.js";

const options = workerData as ThreadOptions;
const streams = new LogStreams(options, options.streamLabels);
const numbers = new Map<string, number>();

parentPort?.on("message", (message: LogPiece | LogEnd) => {
  try {
    parentPort?.postMessage(
      rowsOf("bytes" in message ? streams.read(message) : message.isCut === undefined ? [] : streams.end(message.isCut)),
    );
  } catch (error) {
    if (!(error instanceof AvaError)) throw error;
    parentPort?.postMessage({ badRule: error.message } satisfies ReadFailure);
  }
});

function rowsOf(points: readonly ReadPoint[]): ReadRows {
  const newSeries: { name: string; labels: ReadPoint["labels"] }[] = [];
  const series = points.map(({ name, labels }) => {
    const key = seriesKey(name, labels);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    newSeries.push({ name, labels });
    return numbers.size - 1;
  });
  return {
    newSeries,
    series,
    values: points.map(({ value }) => value),
    steps: points.map(({ step }) => step),
    epochs: points.map(({ epoch }) => epoch ?? Number.NaN),
    timesNs: points.map(({ timeNs }) => timeNs),
    offsets: points.map(({ offset }) => offset),
    lines: points.map(({ line }) => line),
    silentRules: streams.silentRules,
  };
}
