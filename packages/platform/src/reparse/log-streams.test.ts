import type { Labels } from "ava-protocol";
import type { ReadPoint } from "ava-sdk/reread";
import { expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../tests/random.js";
import type { LogMark } from "../store/contract/log.js";
import { LogStreams } from "./log-streams.js";
import type { LogPiece } from "./messages.js";

const OPTIONS = { metrics: ["step (?<step>\\d+) loss (?<loss>\\S+)"], referenceTimeMs: 0 };
const NO_LABELS: ReadonlyMap<number, Labels> = new Map();

/** Text as one record of a stream. */
type Record = readonly [stream: number, text: string];

/** A log whose records have the times 1, 2, ... in nanoseconds. */
function logOf(records: readonly Record[]): { bytes: Buffer; marks: LogMark[] } {
  let offset = 0;
  const marks = records.map(([stream, text], i) => {
    const mark = { offset, timeNs: BigInt(i + 1), stream };
    offset += Buffer.byteLength(text);
    return mark;
  });
  return { bytes: Buffer.from(records.map(([, text]) => text).join("")), marks };
}

/** A piece of a log, as the store answers it. */
function pieceOf({ bytes, marks }: ReturnType<typeof logOf>, start: number, end: number, gaps: LogPiece["gaps"] = []): LogPiece {
  const inside = marks.filter((mark, i) => mark.offset < end && (marks[i + 1]?.offset ?? bytes.length) > start);
  return { offset: start, bytes: bytes.subarray(start, end), marks: inside, gaps };
}

function readAll(records: readonly Record[], gaps: LogPiece["gaps"] = [], labels = NO_LABELS): ReadPoint[] {
  const log = logOf(records);
  const streams = new LogStreams(OPTIONS, labels);
  return [...streams.read(pieceOf(log, 0, log.bytes.length, gaps)), ...streams.end()];
}

const short = ({ step, value, line, offset, timeNs }: ReadPoint): number[] => [step, value, line, offset, Number(timeNs)];

test("lines that are torn by another stream are whole, each at its own place and time", () => {
  const points = readAll([
    [1, "step 1 loss 0.5\nstep 2 lo"],
    [2, "step 7 loss 7\nprogress"],
    [1, "ss 0.25\nstep 3 loss 0.1"],
    [2, " goes on\n"],
    [1, "25\n"],
  ]);
  expect(points.map(short)).toEqual([
    [1, 0.5, 1, 0, 1],
    [7, 7, 2, 25, 2],
    [2, 0.25, 2, 16, 3],
    [3, 0.125, 4, 55, 5],
  ]);
});

test("points of a writer with labels have these labels", () => {
  const records: Record[] = [
    [1, "step 1 loss 1\n"],
    [2, "step 1 loss 2\n"],
  ];
  const points = readAll(records, [], new Map([[2, { rank: "1" }]]));
  expect(points.map(({ value, labels }) => [value, labels])).toEqual([
    [1, {}],
    [2, { rank: "1" }],
  ]);
});

test("beside damage no half line is read, and steps go on behind it", () => {
  const records: Record[] = [
    [1, "step 1 loss 0.5\nstep 2 loss 0.2"],
    [1, "[damaged]\n"],
    [1, "5\nstep 3 loss 0.125\n"],
  ];
  expect(readAll(records, [[31, 41]]).map(short)).toEqual([
    [1, 0.5, 1, 0, 1],
    [3, 0.125, 4, 43, 3],
  ]);
});

test("a record that is nothing but values is read whole", () => {
  const points = readAll([[1, "step 1 loss 2\n".repeat(150_000)]]);
  expect([points.length, points.at(-1)?.line]).toEqual([150_000, 150_000]);
});

test("a frame of a progress bar has the time of its own record", () => {
  const points = readAll([
    [1, "step 1 loss 4"],
    [1, "\rstep 2 loss 3"],
    [1, "\rstep 3 loss 2\n"],
  ]);
  expect(points.map(({ step, timeNs }) => [step, Number(timeNs)])).toEqual([
    [1, 2],
    [2, 3],
    [3, 3],
  ]);
});

test("wherever a log is cut into pieces, the same is read", () => {
  const random = randomOf(seedOfTest());
  const records = Array.from({ length: 300 }, (_, i): Record => {
    const text = random.pick([`step ${i} loss ${i / 8}\n`, "wärts\n", `step ${i} lo`, `\rstep ${i} loss ${i}`, "\n", `ss ${i}\r\n`]);
    return [1 + random.below(3), text];
  });
  const log = logOf(records);
  const whole = readAll(records);
  expect(whole.length).toBeGreaterThan(20);
  for (let round = 0; round < 20; round++) {
    const streams = new LogStreams(OPTIONS, NO_LABELS);
    const points: ReadPoint[] = [];
    for (let at = 0; at < log.bytes.length; ) {
      const end = Math.min(log.bytes.length, at + 1 + random.below(random.pick([2, 50, 3000])));
      points.push(...streams.read(pieceOf(log, at, end)));
      at = end;
    }
    points.push(...streams.end());
    const sorted = (all: ReadPoint[]): number[][] => all.map(short).sort((a, b) => a[3]! - b[3]! || a[0]! - b[0]!);
    expect(sorted(points)).toEqual(sorted(whole));
  }
});

test("a rule has read something, also when that was before damage; values of parsers that only count steps are not told", () => {
  const metrics = ["epoch (?<epoch>\\d) score=(?<score>\\d)", "never (?<never>\\S+)"];
  const log = logOf([[1, "Epoch 1/2\n100/100 - loss: 0.1\nepoch 1 score=4\n??\nstep 9 loss 0.25\n"]]);
  const streams = new LogStreams({ metrics, referenceTimeMs: 0 }, NO_LABELS);
  const points = [...streams.read(pieceOf(log, 0, log.bytes.length, [[46, 48]])), ...streams.end()];
  expect(points.map(({ name, value, step, stepAlone, line }) => [name, value, step, stepAlone, line])).toEqual([["score", 4, 100, 0, 3]]);
  expect(streams.silentRules).toEqual([metrics[1]]);
});
