import { expect, it } from "vitest";
import { MetricReader } from "../metric-reader.js";
import type { Metric } from "../parser.js";
import { createParsers } from "../registry.js";

/** The middle of 2026. */
const REFERENCE_MS = Date.UTC(2026, 5, 1);

/** Times of the metrics of some lines, read as `ava-sdk parse` does or as a run that goes on. */
function timesOf(lines: readonly string[], readsTimes = true): (number | undefined)[] {
  const reader = new MetricReader(createParsers({ parser: "generic" }, { referenceTimeMs: REFERENCE_MS, readsTimes }), ({ message }) => {
    throw new Error(message);
  });
  return lines.flatMap((line) => reader.write(Buffer.from(`${line}\n`)) as Metric[]).map(({ timeMs }) => timeMs);
}

const LOCAL_MS = new Date(2026, 2, 4, 13, 5, 9, 250).getTime();
const WHOLE_MS = LOCAL_MS - 250;

it.each([
  ["2026-03-04 13:05:09,250 - INFO - epoch 1 loss 0.5", LOCAL_MS],
  ["2026-03-04 13:05:09.250000: epoch 1 loss 0.5", LOCAL_MS],
  ["[2026-03-04 13:05:09,250][INFO] - step 10 loss 0.5", LOCAL_MS],
  ["2026/03/04 13:05:09 step 10 loss 0.5", WHOLE_MS],
  ["2026-03-04T13:05:09.250Z step 10 loss 0.5", Date.UTC(2026, 2, 4, 13, 5, 9, 250)],
  ["2026-03-04T13:05:09+08:00 step 10 loss 0.5", Date.UTC(2026, 2, 4, 5, 5, 9)],
  ["2026-03-04 13:05:09 UTC step 10 loss 0.5", Date.UTC(2026, 2, 4, 13, 5, 9)],
  ["[03/04 13:05:09] ppdet.engine INFO: Epoch: [1] loss: 0.5", WHOLE_MS],
  ["[03/04/2026 13:05:09] epoch 1 loss 0.5", WHOLE_MS],
  ["03/04/2026 01:05:09 PM: epoch 1 loss 0.5", WHOLE_MS],
  ["Mar  4 13:05:09 epoch 1 loss 0.5", WHOLE_MS],
  ["Wed Mar  4 13:05:09 2026 epoch 1 loss 0.5", WHOLE_MS],
  ["I0304 13:05:09.250000 140 logging_writer.py:48] [100] loss=0.5", LOCAL_MS],
  ["I20260304 13:05:09.250000 140 logging_writer.py:48] [100] loss=0.5", LOCAL_MS],
  ["Training: 2026-03-04 13:05:09,250-Loss 0.5 Epoch: 0 Global Step: 100", LOCAL_MS],
])("a log that is read afterwards has the program's times: %s", (line, expected) => {
  const time = timesOf([line]);
  expect(time.length).toBeGreaterThan(0);
  expect(new Set(time)).toEqual(new Set([expected]));
});

it("lines of one form have times of their own, from bytes as from text", () => {
  const line = (day: number, second: number) => `2026-03-0${day} 13:05:0${second},250 - INFO - epoch 1 loss 0.5`;
  expect(timesOf([line(4, 9), line(4, 8), line(5, 9), line(5, 7)])).toEqual([
    LOCAL_MS,
    LOCAL_MS - 1000,
    LOCAL_MS + 86_400_000,
    LOCAL_MS + 86_398_000,
  ]);
});

it("lines of one form have the zones that they say", () => {
  const line = (zone: string) => `2026-03-04T13:05:09${zone} step 10 loss 0.5`;
  expect(timesOf([line("+08:00"), line("+02:00")])).toEqual([Date.UTC(2026, 2, 4, 5, 5, 9), Date.UTC(2026, 2, 4, 11, 5, 9)]);
});

it("a log without years goes over New Year in order", () => {
  const times = timesOf(["12-31 23:59:59 step 1 loss 0.5", "01-01 00:00:01 step 2 loss 0.5"]) as [number, number];
  expect(times[1] - times[0]).toBe(2000);
});

it.each([
  "epoch 1 loss 0.5",
  "[13:05:09] epoch 1 loss 0.5",
  "2026-13-04 13:05:09 epoch 1 loss 0.5",
  "2026-02-30 13:05:09 epoch 1 loss 0.5",
  "26/03/04 13:05:09 epoch 1 loss 0.5",
])("a line without a date, or with none that exists, has no time: %s", (line) => {
  expect(timesOf([line])).toEqual([undefined]);
});

it("what a user's regex reads has the time of its line, too", () => {
  const parsers = createParsers(
    { parser: "none", metrics: ["loss is (?<loss>[0-9.]+)"] },
    { referenceTimeMs: REFERENCE_MS, readsTimes: true },
  );
  const reader = new MetricReader(parsers, () => undefined);
  expect(reader.write(Buffer.from("2026-03-04 13:05:09,250 loss is 0.5\nloss is 0.25\n"))).toEqual([
    { name: "loss", value: 0.5, line: 1, timeMs: LOCAL_MS },
    { name: "loss", value: 0.25, line: 2 },
  ]);
});

it("a run that goes on takes the moment at which a line comes, whatever clock the program has", () => {
  expect(timesOf(["2026-03-04 13:05:09,250 - INFO - epoch 1 loss 0.5"], false)).toEqual([undefined]);
});
