import { metricName } from "../metric-name.js";
import { NUMBER, printedNumber } from "../number.js";
import type { Metric } from "../parser.js";
import type { LogState } from "./log-state.js";
import { outputSeries } from "./output-names.js";

/** `Iteration 100 (43.1 iter/s, 1.16s/50 iters), loss = 0.1`, `Iteration 100, lr = 0.01`, `Iteration 100, Testing net (#0)`. */
const ITERATION = /^Iteration (\d+)(?=[\s,(])(.*)$/s;
const TESTING = /^, Testing net(?: \(#(\d+)\))?/;
const LOSS = new RegExp(`[ ,](?:smoothed[ _])?loss = (${NUMBER})`);
const RATE = new RegExp(`[ ,]lr = (${NUMBER})`);
/** NVCaffe tells the epoch: `Iteration 120 (24.1 iter/s, 4.1s/100 iter), 1.6/16.2ep, loss = 0.5`. */
const EPOCH = /, ([\d.]+)\/[\d.]+ep,/;
/** The name may hold anything, ` = ` too: the last number of the line is the value, but for the one of the loss weight. `mAP` is NVCaffe's, for detection nets. */
const OUTPUT = new RegExp(
  `^(Train|Test) net output (?:mAP )?#(\\d+): (.+) = (${NUMBER})(?: \\(\\* ${NUMBER} = ${NUMBER} loss\\))?\\s*$`,
  "s",
);
/** The same where other text has run into the end of the line. */
const OUTPUT_START = new RegExp(`^(Train|Test) net output (?:mAP )?#(\\d+): (.+?) = (${NUMBER})`, "s");
/** Caffe of 2013 prints no output names; SSD with `show_per_class_result` prints a precision for each class. */
const SCORE = new RegExp(`^Test score #(\\d+): (${NUMBER})`);
const CLASS = new RegExp(`^(class\\d+): (${NUMBER})\\s*$`);
/** With `test_compute_loss`. */
const TEST_LOSS = new RegExp(`^Test loss: (${NUMBER})`);
/** py-faster-rcnn: `speed: 0.284s / iter`. */
const SPEED = new RegExp(`^speed: (${NUMBER})s / iter\\s*$`);

/** Under some locales: `loss = 0,25`, `loss = 1.234,5`. */
const DECIMAL_COMMA = /(?<=(?:=|\(\*|#\d+:|loss:) )(-?(?:\d{1,3}(?:\.\d{3})+|\d+)),(?=\d)/g;

type Said = Omit<Metric, "line">;

/**
 * Reads what a solver prints of its progress, for the lines that are not plain enough to be read from their bytes.
 *
 * @param printed - a message
 * @param state - of the log; changed by the line
 * @returns what it tells
 */
export function readSolverLine(printed: string, state: LogState): Said[] {
  const body = printed.replace(DECIMAL_COMMA, (_, whole: string) => `${whole.replaceAll(".", "")}.`);
  if (body.startsWith("Iteration ")) return readIteration(body, state);
  if (body.startsWith("T")) return readOutput(body, state);
  if (body.startsWith("class")) return testResult(CLASS.exec(body), (name) => `test/${name}`, state);
  const speed = SPEED.exec(body)?.[1];
  return speed === undefined ? [] : [{ name: "speed", value: printedNumber(speed), ...stepOf(state.trainStep) }];
}

function readIteration(body: string, state: LogState): Said[] {
  const [, printed, rest = ""] = ITERATION.exec(body) ?? [];
  if (printed === undefined) return [];
  const step = Number(printed);
  const testing = TESTING.exec(rest);
  if (testing !== null) {
    state.testStep = step;
    state.testNet = testing[1] && String(Number(testing[1]));
    return [];
  }
  const loss = LOSS.exec(rest)?.[1];
  const rate = RATE.exec(rest)?.[1];
  const epoch = EPOCH.exec(rest)?.[1];
  const place = epoch === undefined ? { step } : { step, epoch: Number(epoch) };
  if (loss !== undefined) state.trainStep = step;
  return [
    ...(loss === undefined ? [] : [{ name: "loss", value: printedNumber(loss), ...place }]),
    ...(rate === undefined ? [] : [{ name: "lr", value: printedNumber(rate), ...place }]),
  ];
}

function readOutput(body: string, state: LogState): Said[] {
  const [, printed, output = "", name = "", value] = OUTPUT.exec(body) ?? OUTPUT_START.exec(body) ?? [];
  if (value === undefined) {
    const score = SCORE.exec(body);
    if (score !== null) return testResult(score, (index) => `test/score#${index}`, state);
    const loss = TEST_LOSS.exec(body);
    return testResult(loss && [loss[0], "", loss[1] as string], () => "test/loss", state);
  }
  const isTrain = printed === "Train";
  const series = outputSeries(isTrain ? "train" : "test", name, Number(output), isTrain ? undefined : state.testNet);
  return [{ value: printedNumber(value), ...series, ...stepOf(isTrain ? state.trainStep : state.testStep) }];
}

function testResult(found: readonly string[] | null, nameOf: (key: string) => string, { testStep, testNet }: LogState): Said[] {
  const [, key, value] = found ?? [];
  if (key === undefined || value === undefined) return [];
  const labels = testNet === undefined ? {} : { labels: { net: testNet } };
  return [{ name: metricName(nameOf(key)), value: printedNumber(value), phase: "test", ...stepOf(testStep), ...labels }];
}

function stepOf(step: number | undefined): { step?: number } {
  return step === undefined ? {} : { step };
}
