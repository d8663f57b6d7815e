import { expect, it } from "vitest";
import { MetricReader } from "../metric-reader.js";
import { createParsers } from "../registry.js";

function read(lines: readonly string[], parser = "caffe"): unknown[] {
  const reader = new MetricReader(createParsers({ parser }, { referenceTimeMs: 0 }), (problem) => {
    throw new Error(problem.message);
  });
  const items = [...reader.write(Buffer.from(`${lines.join("\n")}\n`)), ...reader.end()];
  return items.map((item) =>
    "name" in item ? [item.name, item.value, item.step ?? item.batch] : [item.event, item.message ?? item.file, item.step],
  );
}

const at = (message: string, file = "caffe.cpp:409"): string => `I20261122 23:39:19.098261  1949 ${file}] ${message}`;

it.each(["caffe", "auto"])("reads what caffe time prints, layers between the marks of a benchmark (--parser %s)", (parser) => {
  const lines = [
    at("Use CPU."),
    at("data -> data", "net.cpp:380"),
    at("Performing Forward"),
    at("Initial loss: 2.3125"),
    at("conv9 forward: 3 ms."),
    at("*** Benchmark begins ***"),
    at("Testing for 2 iterations."),
    at("Iteration: 1 forward-backward time: 77 ms."),
    at("Iteration: 2 forward-backward time: 75 ms."),
    at("Average time per layer: "),
    at("     conv1\tforward: 3.25 ms."),
    at("     conv1\tbackward: 0.0125 ms."),
    at("relu 1 a\tforward: 1.5e-05 ms."),
    at("Average Forward pass: 22.5 ms."),
    at("Average Forward-Backward: 76 ms."),
    at("Total Time: 152 ms."),
    at("*** Benchmark ends ***"),
    at("     conv1\tforward: 3.25 ms."),
  ];
  expect(read(lines, parser)).toEqual([
    ["initial_loss", 2.3125, undefined],
    ["forward-backward_time", 77, 1],
    ["forward-backward_time", 75, 2],
    ["conv1/forward", 3.25, undefined],
    ["conv1/backward", 0.0125, undefined],
    ["relu_1_a/forward", 1.5e-5, undefined],
    ["average_forward_pass", 22.5, undefined],
    ["average_forward-backward", 76, undefined],
    ["total_time", 152, undefined],
  ]);
});

it("reads the precision of each class of SSD, and what py-faster-rcnn prints without a prefix", () => {
  const lines = [
    at("Iteration 500, Testing net (#0)", "solver.cpp:433"),
    at("class1: 0.75", "solver.cpp:540"),
    at("class12: 0.5", "solver.cpp:540"),
    at("    Test net output #0: detection_eval = 0.625", "solver.cpp:546"),
    at("Iteration 520, loss = 1.5", "solver.cpp:229"),
    "speed: 0.284s / iter",
    "Wrote snapshot to: /data/out/vgg16_iter_10000.caffemodel",
    "class1: person",
  ];
  expect(read(lines)).toEqual([
    ["test/class1", 0.75, 500],
    ["test/class12", 0.5, 500],
    ["test/detection_eval", 0.625, 500],
    ["loss", 1.5, 520],
    ["speed", 0.284, 520],
    ["snapshot", "/data/out/vgg16_iter_10000.caffemodel", 10000],
  ]);
});

it("tells the signal that ends a program as fatal, but not behind the message that raised it", () => {
  const signal = "*** SIGSEGV (@0x8) received by PID 12 (TID 0x7f) from PID 8; stack trace: ***";
  const message = "SIGSEGV (@0x8) received by PID 12 (TID 0x7f) from PID 8";
  const mark = '*** Aborted at 1480000000 (unix time) try "date -d @1480000000" if you are using GNU date ***';
  expect(read([at("Solving"), mark, signal], "auto")).toEqual([["fatal", message, undefined]]);
  const fatal = "F20261122 23:39:19.098261  1949 math.cu:28] Check failed: status == 0";
  expect(read([fatal, "*** Check failure stack trace: ***", mark, signal])).toEqual([["fatal", "Check failed: status == 0", undefined]]);
});

it("what auto reads of a net's text is nothing, and behind it other programs are heard again", () => {
  const lines = [
    at("Initializing net from parameters: ", "net.cpp:51"),
    'name: "net"',
    "loss: 0.5",
    "  accuracy: 0.25",
    at("Creating layer data", "layer_factory.hpp:77"),
    "epoch 1 loss: 0.5",
  ];
  expect(read([at("Use CPU."), ...lines], "auto")).toEqual([["loss", 0.5, undefined]]);
});
