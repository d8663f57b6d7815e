import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomOf, seedOfTest } from "../../../../../../tests/random.js";
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

const FIXTURES = new URL("./fixtures/", import.meta.url);

it("lines that are passed over many at a time tell nothing, whatever bytes they are made of", () => {
  const { chance, below } = randomOf(seedOfTest());
  const logs = readdirSync(FIXTURES).filter((file) => file.endsWith(".log"));
  let passed = 0;
  for (const log of logs) {
    const bytes = readFileSync(new URL(log, FIXTURES)).map((byte) => (chance(0.01) ? 0x20 + below(0x60) : byte));
    const lines = new CaffeLines();
    for (let start = 0; start < bytes.length; ) {
      const cursor = { at: start, line: 1 };
      lines.passOver(bytes, cursor, bytes.length, true);
      let line = 1;
      for (; start < cursor.at; line += 1, passed += 1) {
        const end = bytes.indexOf(0x0a, start);
        expect(new CaffeLines().messageAt(bytes.subarray(start, end), 0, end - start), `byte ${start} of ${log}`).toBe(-1);
        start = end + 1;
      }
      expect(cursor).toEqual({ at: start, line });
      start = bytes.indexOf(0x0a, start) + 1 || bytes.length;
    }
  }
  expect(passed).toBeGreaterThan(logs.length);
});
