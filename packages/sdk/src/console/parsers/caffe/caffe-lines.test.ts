import { describe, expect, it } from "vitest";
import { CaffeLines } from "./caffe-lines.js";

function tells(line: string): boolean {
  const bytes = Buffer.from(line);
  return new CaffeLines().messageAt(bytes, 0, bytes.length) >= 0;
}

describe("a line may tell something", () => {
  it.each([
    "Iteration 100, loss = 0.5",
    "    Train net output #0: loss = 0.5 (* 1 = 0.5 loss)",
    "\tTest net output #1: accuracy = 0.5",
    "[0.0] Iteration 100, lr = 0.1",
    "(0)     Test net output #0: loss = 0.5",
    "Epoch 3 is hereI1122 23:39:19.098261  1949 solver.cpp:239] Iteration 100, lr = 0.1",
    "I1122 23:39:19.098261  1949 solver.cpp:239] Iteration 100, lr = 0.1",
    "I1122 23:39:19.098261  1949 net.cpp:84] Creating LayerI1122 23:39:19.098261  1949 solver.cpp:239] Iteration 100, lr = 0.1",
  ])("%s", (line) => {
    expect(tells(line)).toBe(true);
  });
});

describe("a line of a net, or of another program, is passed over", () => {
  it.each([
    "### CatBoost",
    "loss = 0.5",
    "[INFO] loss = 0.5",
    "(epoch: 1, iters: 100, time: 0.512, data: 0.201) D_A: 0.312",
    "Finished Epoch[1 of 10]: [Training] loss = 2.25 * 60000",
    "  name: conv1",
    "    ",
    "I1122 23:39:19.098261  1949 net.cpp:84] Creating Layer [conv1] of 5]",
  ])("%s", (line) => {
    expect(tells(line)).toBe(false);
  });
});
