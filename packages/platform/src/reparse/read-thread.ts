// The thread that reads a log with rules of a user: other requests do not feel what they cost.
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
    parentPort?.postMessage(rowsOf("bytes" in message ? streams.read(message) : message.isRunning ? [] : streams.end()));
  } catch (error) {
    if (!(error instanceof AvaError)) throw error;
    parentPort?.postMessage({ badRule: error.message } satisfies ReadFailure);
  }
});

function rowsOf(points: Iterable<ReadPoint>): ReadRows {
  const newSeries: { name: string; labels: ReadPoint["labels"] }[] = [];
  const rows = { series: [], values: [], steps: [], stepsAlone: [], epochs: [], timesNs: [], offsets: [], lines: [] } as Omit<
    ReadRows,
    "newSeries" | "silentRules"
  >;
  for (const { name, labels, value, step, stepAlone, epoch = Number.NaN, timeNs, offset, line } of points) {
    const key = seriesKey(name, labels);
    const number = numbers.get(key) ?? numbers.size;
    if (number === numbers.size) {
      numbers.set(key, number);
      newSeries.push({ name, labels });
    }
    rows.series.push(number);
    rows.values.push(value);
    rows.steps.push(step);
    rows.stepsAlone.push(stepAlone);
    rows.epochs.push(epoch);
    rows.timesNs.push(timeNs);
    rows.offsets.push(offset);
    rows.lines.push(line);
  }
  return { newSeries, ...rows, silentRules: streams.silentRules };
}
