import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Series } from "../../../console/parsers/parser.js";
import { createParsers } from "../../../console/parsers/registry.js";
import { ConsoleReader } from "../../../console/terminal/console-reader.js";
import type { Recorder } from "../../../record/recorder.js";
import { StreamRecorder } from "../../../run/stream-recorder.js";
import type { Snapshot } from "../../../snapshot/snapshot.js";
import { getEpochEndLogCallback, getLogCallback } from "./callbacks.js";

const FIXTURES = join(import.meta.dirname, "../../../console/parsers/caffe/fixtures");

beforeEach(() => {
  vi.stubEnv("AVA_WORKSPACE", mkdtempSync(join(tmpdir(), "ava-caffe-")));
  // The year of time stamps is taken from the time of the start.
  vi.useFakeTimers({ now: Date.UTC(2026, 5, 1) });
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** A journal that writes down what it is given. */
class NotingRecorder {
  readonly notes: unknown[] = [];
  values(series: readonly Series[], values: Float64Array, start: number, end: number, at: unknown): boolean {
    for (let index = start; index < end; index += 1) this.notes.push(["value", series[index], values[index], at]);
    return true;
  }
  event(event: unknown): boolean {
    return this.notes.push(["event", event]) > 0;
  }
  log(): boolean {
    return true;
  }
  batch(work: () => void): void {
    work();
  }
}

test("a last line without its line end is not a metric that may be cut", () => {
  const whole = new NotingRecorder();
  getLogCallback(whole)("I0601 10:00:00.000000  1949 solver.cpp:239] Iteration 100, loss = 0.25");
  expect(whole.notes).toHaveLength(1);
  const cut = new NotingRecorder();
  getLogCallback(cut).onCutLine("I0601 10:00:00.000000  1949 solver.cpp:239] Iteration 100, loss = 0.2");
  expect(cut.notes).toEqual([]);
});

describe("the monitor callback records what ava-sdk run does", () => {
  const logs = readdirSync(FIXTURES).filter((name) => name.endsWith(".log"));
  test.each(logs)("%s", (name) => {
    const bytes = readFileSync(join(FIXTURES, name));
    const wrapped = new NotingRecorder();
    const parsers = createParsers({ parser: "caffe" }, { referenceTimeMs: Date.now(), batchOfEpoch: 125 });
    const stream = new StreamRecorder("stderr", wrapped as unknown as Recorder, parsers, () => undefined);
    stream.write(bytes);
    stream.end();

    const called = new NotingRecorder();
    const reader = new ConsoleReader(getLogCallback(called, { batchOfEpoch: 125 }));
    reader.write(bytes);
    reader.end();
    expect(called.notes.length).toBeGreaterThan(0);
    expect(called.notes).toEqual(wrapped.notes);
  });

  test("lines may still have their ends, and NaN is kept", () => {
    const sink = new NotingRecorder();
    const callback = getLogCallback(sink);
    callback("I0613 10:21:25.756645  1949 solver.cpp:239] Iteration 100, loss = nan\r\n");
    expect(sink.notes).toEqual([["value", { name: "loss" }, Number.NaN, expect.objectContaining({ step: 100 })]]);
  });
});

describe("the epoch end callback", () => {
  const lines = (step: number, state = "solverstate") => [
    `I0613 10:21:25.756645  1949 solver.cpp:464] Snapshotting to binary proto file a_iter_${step}.caffemodel`,
    `I0613 10:21:25.756645  1949 sgd_solver.cpp:284] Snapshotting solver state to binary proto file a_iter_${step}.${state}`,
  ];

  test("tells of a snapshot once, at its solver state, with the epoch rounded up", () => {
    const snapshots: Snapshot[] = [];
    const callback = getEpochEndLogCallback((snapshot) => snapshots.push(snapshot), { batchOfEpoch: 200, otherFiles: ["net"] });
    for (const line of [...lines(200), ...lines(201, "solverstate.h5"), "Iteration 201, loss = 1"]) callback?.(line);
    expect(snapshots).toEqual([
      { step: 200, epoch: 1, files: ["a_iter_200.caffemodel", "a_iter_200.solverstate"], otherFiles: ["net"] },
      { step: 201, epoch: 2, files: ["a_iter_201.caffemodel", "a_iter_201.solverstate.h5"], otherFiles: ["net"] },
    ]);
  });

  test("is missing, with a warning that names the option, when the length of an epoch is not known", () => {
    const warnings: string[] = [];
    const warn = (warning: string) => void warnings.push(warning);
    expect(getEpochEndLogCallback(() => undefined, {}, warn)).toBeUndefined();
    expect(getEpochEndLogCallback(() => undefined, { batchOfEpoch: 0 }, warn)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("batchOfEpoch is missing"), expect.stringContaining("batchOfEpoch is 0")]);
  });
});
