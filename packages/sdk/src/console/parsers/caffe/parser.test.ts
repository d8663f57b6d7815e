import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MetricReader } from "../metric-reader.js";
import type { Metric, ParsedItem, ParserOptions } from "../parser.js";
import { createParsers } from "../registry.js";

const REFERENCE_MS = new Date(2024, 5, 1).getTime();

function read(text: string, options: Partial<ParserOptions> = {}, parser = "caffe"): ParsedItem[] {
  const reader = new MetricReader(createParsers({ parser }, { referenceTimeMs: REFERENCE_MS, ...options }), (problem) => {
    throw new Error(problem.message);
  });
  return [...reader.write(Buffer.from(`${text}\n`)), ...reader.end()];
}

/** `name step value labels`, the whole of what a line means but for its time. */
function brief(text: string, parser = "caffe"): unknown[] {
  return read(text, {}, parser).map((item) =>
    "name" in item
      ? [item.name, item.step, item.value, ...(item.labels === undefined ? [] : [item.labels])]
      : [item.event, item.step, item.file ?? item.message],
  );
}

const at = (second: number, message: string, file = "solver.cpp:239"): string =>
  `I0601 10:00:${String(second).padStart(2, "0")}.000000  1949 ${file}] ${message}\n`;

describe("values", () => {
  it.each([
    ["0.5", 0.5],
    ["1e+23", 1e23],
    ["8.00001e-05", 8.00001e-5],
    ["-3", -3],
    ["nan", Number.NaN],
    ["-nan", Number.NaN],
    ["inf", Number.POSITIVE_INFINITY],
    ["-inf", Number.NEGATIVE_INFINITY],
    ["-nan(ind)", Number.NaN],
    ["1.#INF", Number.POSITIVE_INFINITY],
    ["-1.#IND", Number.NaN],
    ["3.40282e+38", 3.40282e38],
    ["1.17549e-38", 1.17549e-38],
    ["0.30000000000000004", 0.30000000000000004],
  ])("reads %s from text and from bytes alike", (printed, value) => {
    // The first line of a minute is read from its text, the second from its bytes.
    const lines = at(1, `Iteration 1, loss = ${printed}`) + at(2, `Iteration 2, loss = ${printed}`);
    expect(brief(lines)).toEqual([
      ["loss", 1, value],
      ["loss", 2, value],
    ]);
  });
});

describe("lines of old and other versions", () => {
  it.each([
    ["Iteration 100, loss = 7.5", [["loss", 100, 7.5]]],
    ["Iteration 0 (43.1 iter/s, 1.16s/50 iters), loss = 2.5", [["loss", 0, 2.5]]],
    ["Iteration 0 (-nan iter/s, 0s/50 iters), loss = nan", [["loss", 0, Number.NaN]]],
    ["Iteration 20 (5.1 iter/s, 3.9s/20 iter), 0.1/10.1ep, loss = 6.5", [["loss", 20, 6.5]]],
    ["[0.0] Iteration 20, loss = 6.5", [["loss", 20, 6.5]]],
    ["Iteration 20, smoothed loss = 6.5", [["loss", 20, 6.5]]],
    ["Iteration 20, lr = 0.01, m = 0.9, wd = 0.0005, gs = 1", [["lr", 20, 0.01]]],
    [
      "Iteration 20, loss = 3, lr = 0.01",
      [
        ["loss", 20, 3],
        ["lr", 20, 0.01],
      ],
    ],
    ["Iteration 20, foo_loss = 3", []],
    ["Iterations 20, loss = 3", []],
    ["Iteration 20, loss = ", []],
    ["Optimization Done in 2m 3s", [["end", undefined, undefined]]],
    ["Optimization stopped early.", [["stop", undefined, undefined]]],
    ["Snapshotting to a_iter_5.caffemodel", [["snapshot", 5, "a_iter_5.caffemodel"]]],
    ["Snapshotting to HDF5 file a_iter_5/b_iter_20.caffemodel.h5", [["snapshot", 20, "a_iter_5/b_iter_20.caffemodel.h5"]]],
    ["Snapshotting solver state to HDF5 file b c_iter_20.solverstate.h5", [["snapshot", 20, "b c_iter_20.solverstate.h5"]]],
    ["Restoring previous solver status from x.solverstate", [["resume", undefined, "x.solverstate"]]],
    ["Finetuning from x.caffemodel", []],
  ] as [string, unknown[]][])("%s", (message, expected) => {
    expect(brief(at(0, message))).toEqual(expected);
    expect(brief(`${message}\n`), "without a prefix").toEqual(expected);
    expect(brief(`speed: 0.5s/iter${at(0, message)}`), "after other text").toEqual(expected);
    expect(brief(at(0, "Iteration 0, Testing net (#0)") + at(1, message)), "where bytes are read").toEqual(expected);
  });
});

describe("outputs", () => {
  it.each([
    ["accuracy = 0.5", "accuracy", 0.5],
    ["loss = 0.5 (* 0.3 = 0.15 loss)", "loss", 0.5],
    ["loss = inf (* 1 = inf loss)", "loss", Number.POSITIVE_INFINITY],
    ["Top 5 Accuracy = 0.5", "top_5_accuracy", 0.5],
    ["a = b = 0.5", "a_=_b", 0.5],
    ["a = 3 = 0.5 (* 1 = 0.5 loss)", "a_=_3", 0.5],
    ["f(x)[0]=y = 0.5", "f(x)[0]=y", 0.5],
    ["准确率 = 0.5", "准确率", 0.5],
    ["loss/a: = 0.5", "loss/a", 0.5],
    ["accuracy = 0.5speed: 3s", "accuracy", 0.5],
  ])("reads %s", (printed, name, value) => {
    const log =
      at(0, "Iteration 7, Testing net (#1)") + at(1, `    Test net output #2: ${printed}`) + at(2, `    Test net output #2: ${printed}`);
    const metric = [`test/${name}`, 7, value, { net: "1", output: "2" }];
    expect(brief(log)).toEqual([metric, metric]);
  });

  it("tells the same of numbers with zeroes in front whether bytes or text are read", () => {
    const log = (end: string) => at(0, `Iteration 7, Testing net (#01)${end}`) + at(1, `    Test net output #007: acc = 0.5${end}`);
    const metric = ["test/acc", 7, 0.5, { net: "1", output: "7" }];
    expect(brief(log(""))).toEqual([metric]);
    expect(brief(log("x")), "where something has run into the end of the line").toEqual([metric]);
  });

  it("gives test outputs to the latest testing line, train outputs to the latest loss line", () => {
    const log = [
      at(0, "Iteration 10, loss = 1"),
      at(1, "    Train net output #0: loss = 1", "solver.cpp:253"),
      at(2, "Iteration 20, Testing net (#0)"),
      at(3, "    Test net output #0: acc = 0.5"),
      at(4, "Iteration 20, Testing net (#1)"),
      at(5, "    Test net output #0: acc = 0.25"),
      at(6, "    Train net output #0: loss = 3"),
    ].join("");
    expect(brief(log)).toEqual([
      ["loss", 10, 1],
      ["train/loss", 10, 1, { output: "0" }],
      ["test/acc", 20, 0.5, { net: "0", output: "0" }],
      ["test/acc", 20, 0.25, { net: "1", output: "0" }],
      ["train/loss", 10, 3, { output: "0" }],
    ]);
  });

  it("leaves out what was not printed: a step before any iteration, a net without a number", () => {
    expect(brief("Test net output #0: acc = 0.5\nIteration 5, Testing net\nTest net output #0: acc = 0.5\n")).toEqual([
      ["test/acc", undefined, 0.5, { output: "0" }],
      ["test/acc", 5, 0.5, { output: "0" }],
    ]);
  });

  it("reads the scores of Caffe of 2013 and the loss of test_compute_loss", () => {
    const log = `${at(0, "Iteration 500, Testing net (#0)")}${at(1, "Test score #0: 0.98")}${at(2, "Test score #1: 0.0625")}${at(3, "Test loss: 0.5")}`;
    expect(brief(log)).toEqual([
      ["test/score#0", 500, 0.98, { net: "0" }],
      ["test/score#1", 500, 0.0625, { net: "0" }],
      ["test/loss", 500, 0.5, { net: "0" }],
    ]);
  });

  it("follows an output that changes its name", () => {
    const log = ["a", "b", "b", "a"].map((name, second) => at(second, `    Train net output #0: ${name} = 1`)).join("");
    expect(brief(log).map((metric) => (metric as string[])[0])).toEqual(["train/a", "train/b", "train/b", "train/a"]);
  });
});

it("keeps repeated blocks and steps that go back", () => {
  const log = [100, 100, 50, 100].map((step, second) => at(second, `Iteration ${step}, loss = 1`)).join("");
  expect(brief(log)).toEqual([100, 100, 50, 100].map((step) => ["loss", step, 1]));
});

it("gives epochs where their length is known", () => {
  const items = read(at(0, "Iteration 250, loss = 1") + at(1, "Iteration 300, loss = 1"), { batchOfEpoch: 100 });
  expect(items.map((item) => (item as Metric).epoch)).toEqual([2.5, 3]);
});

it("tells a fatal message, wherever in the line its prefix stands", () => {
  const fatal = "F0601 10:00:00.000000 1949 db.cpp:15] Check failed: a == b (1 vs. 2) no such file";
  const expected = [["fatal", undefined, "Check failed: a == b (1 vs. 2) no such file"]];
  expect(brief(`${fatal}\n`)).toEqual(expected);
  expect(brief(`some text ${fatal}\n`)).toEqual(expected);
});

it("reads two messages that share a line", () => {
  expect(brief(at(0, "Iteration 1, loss = 0.5").trimEnd() + at(1, "Iteration 1, lr = 0.25"))).toEqual([
    ["loss", 1, 0.5],
    ["lr", 1, 0.25],
  ]);
});

describe("times", () => {
  const loss = (stamp: string): string => `I${stamp} 1949 solver.cpp:239] Iteration 1, loss = 1\n`;
  const times = (stamps: string[], referenceTimeMs: number): string[] =>
    read(stamps.map(loss).join(""), { referenceTimeMs }).map(({ timeMs }) => (timeMs === undefined ? "none" : localText(timeMs)));
  const localText = (timeMs: number): string => {
    const date = new Date(timeMs);
    const offsetMs = date.getTimezoneOffset() * 60_000;
    return new Date(timeMs - offsetMs).toISOString().slice(0, -1);
  };

  it("take the year nearest to the reference", () => {
    expect(times(["1231 23:59:59.999999"], new Date(2024, 0, 2).getTime())).toEqual(["2023-12-31T23:59:59.999"]);
    expect(times(["0101 00:00:00.000001"], new Date(2023, 11, 31).getTime())).toEqual(["2024-01-01T00:00:00.000"]);
  });

  it("run on over New Year and back when threads overtake each other", () => {
    const stamps = ["1231 23:59:59.900000", "0101 00:00:00.100000", "1231 23:59:59.950000", "0101 00:00:00.200000"];
    expect(times(stamps, new Date(2024, 11, 31).getTime()).map((time) => time.slice(0, 4))).toEqual(["2024", "2025", "2024", "2025"]);
  });

  it("find the leap year of Feb 29", () => {
    expect(times(["0229 12:00:00.000000"], new Date(2026, 1, 1).getTime())[0]?.slice(0, 10)).toBe("2024-02-29");
  });

  it("are left out where there is no such time", () => {
    expect(times(["1399 10:00:00.000000", "0230 10:00:00.000000", "0601 25:00:00.000000", "0601 10:00:61.000000"], REFERENCE_MS)).toEqual([
      "none",
      "none",
      "none",
      "none",
    ]);
  });

  it("take a printed year as it is", () => {
    expect(times(["20191122 23:39:19.098261", "20191122 23:39:20.098261"], REFERENCE_MS)).toEqual([
      "2019-11-22T23:39:19.098",
      "2019-11-22T23:39:20.098",
    ]);
  });
});

describe("auto", () => {
  it("tells what stood before the line that gave Caffe away", () => {
    const log = "Iteration 0, loss = 2\nTrain net output #0: loss = 2\nIteration 0, lr = 0.5\n";
    expect(brief(log, "auto")).toEqual(brief(log));
    expect(brief(log, "auto")).toHaveLength(3);
  });

  it("does not take other trainers' iterations for Caffe's", () => {
    expect(
      new Set(read("Iteration 1, loss = 0.69\nIteration 2, loss = 0.5\nIteration 3, loss = nan\n", {}, "caffe").map(({ line }) => line))
        .size,
    ).toBe(3);
    const auto = new MetricReader(createParsers({ parser: "auto" }, { referenceTimeMs: 0 }), () => undefined);
    auto.write(Buffer.from("Iteration 1, loss = 0.69\n"));
    expect(auto.framework).toBe("generic");
  });
});

/** The project's corpus of console output; not everywhere. */
const corpus = new URL("../../../../../../shared/data/console/", import.meta.url);
describe.runIf(existsSync(corpus))("console corpus", () => {
  const names = existsSync(corpus) ? readdirSync(corpus).filter((file) => file.startsWith("caffe_") && file.endsWith(".txt")) : [];
  it.each(names)("auto reads all of %s", (file) => {
    const metrics = read(readFileSync(new URL(file, corpus), "utf8"), {}, "auto").filter((item): item is Metric => "name" in item);
    const facts = JSON.parse(readFileSync(new URL(file.replace(".txt", ".expected.json"), corpus), "utf8")) as Metric[];
    expect(metrics.map(({ name, value, step, line }) => [name, value, step, line])).toEqual(
      facts.map(({ name, value, step, line }) => [name, value, step, line]),
    );
  });
});

it("reads what caffe test prints: batches, and the means behind them", () => {
  const text = [
    at(1, "Use CPU.", "caffe.cpp:275"),
    at(2, "Batch 0, accuracy = 0.92", "caffe.cpp:313"),
    at(2, "Batch 0, loss = 0.24", "caffe.cpp:313"),
    at(3, "Batch 1, accuracy = 0.94", "caffe.cpp:313"),
    at(4, "Loss: 0.3", "caffe.cpp:318"),
    at(4, "accuracy = 0.93", "caffe.cpp:330"),
    at(4, "loss = 0.3 (* 1 = 0.3 loss)", "caffe.cpp:330"),
  ].join("");
  expect(read(text).map((item) => "name" in item && [item.name, item.batch, item.value])).toEqual([
    ["accuracy", 0, 0.92],
    ["loss", 0, 0.24],
    ["accuracy", 1, 0.94],
    ["loss", undefined, 0.3],
    ["accuracy", undefined, 0.93],
    ["loss", undefined, 0.3],
  ]);
  expect(read(at(1, "weight_decay = 0.0005") + at(2, "Loss: 0.3"))).toEqual([]);
});

it.each(["caffe", "auto"])("commas in front of decimals are read, from text and from bytes (%s)", (parser) => {
  const block = (step: number) =>
    at(1, `Iteration ${step} (43,1 iter/s, 1,16s/50 iters), loss = 1.234,5`) +
    at(2, "    Train net output #0: loss = 0,25 (* 0,5 = 0,125 loss)") +
    at(3, `Iteration ${step}, lr = 1,5e-05`, "sgd_solver.cpp:105") +
    at(4, `Iteration ${step}, Testing net (#0)`) +
    at(5, "    Test net output #0: accuracy = 0,975");
  const told = (step: number) => [
    ["loss", step, 1234.5],
    ["train/loss", step, 0.25, { output: "0" }],
    ["lr", step, 1.5e-5],
    ["test/accuracy", step, 0.975, { net: "0", output: "0" }],
  ];
  expect(brief(block(100) + block(200), parser)).toEqual([...told(100), ...told(200)]);
});

it("NVCaffe's epoch is read with its loss", () => {
  const [loss] = read(at(1, "    [0.0] Iteration 120 (24.1 iter/s, 4.1s/100 iter), 1.6/16.2ep, loss = 0.5"));
  expect(loss).toMatchObject({ name: "loss", step: 120, epoch: 1.6, value: 0.5 });
});

it.each([
  ["Iteration 1200, loss = 1", []],
  ["Iteration 1200, loss = 1.5\nIteration 1201, lr = 0.0", [["loss", 1200, 1.5]]],
  ["Iteration 1200, loss = 1.5 ", [["loss", 1200, 1.5]]],
])("of %j, cut off while it was written, no number is read that may be half", (text, items) => {
  const reader = new MetricReader(createParsers({ parser: "caffe" }, { referenceTimeMs: REFERENCE_MS }), () => undefined);
  const found = [...reader.write(Buffer.from(text)), ...reader.end()] as Metric[];
  expect(found.map(({ name, step, value }) => [name, step, value])).toEqual(items);
});

it("NVCaffe's test outputs are read behind any mark of the device, mean average precision too", () => {
  const text = [
    at(1, "Iteration 100, Testing net (#0)"),
    at(2, "    (0.0)     Test net output #0: accuracy = 0.9"),
    at(2, "    (0)     Test net output #1: loss = 0.3 (* 1 = 0.3 loss)"),
    at(3, "Test net output mAP #0: detection_eval = 0.42"),
  ].join("");
  expect(brief(text)).toEqual([
    ["test/accuracy", 100, 0.9, { net: "0", output: "0" }],
    ["test/loss", 100, 0.3, { net: "0", output: "1" }],
    ["test/detection_eval", 100, 0.42, { net: "0", output: "0" }],
  ]);
});
