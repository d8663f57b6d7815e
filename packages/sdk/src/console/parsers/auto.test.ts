import { expect, it } from "vitest";
import { MetricReader } from "./metric-reader.js";
import { createParsers } from "./registry.js";

const OWN = "I20261122 23:42:04.468741  8470 solver.cpp:45] Initializing solver\n";
const FOREIGN = Array.from({ length: 15 }, (_, epoch) => `Epoch ${epoch}: loss=0.5\n`).join("");

it.each([1, 7, 100_000])("a line of the trainer that tells nothing keeps its parser at work, read %i bytes at a time", (chunkBytes) => {
  const reader = new MetricReader(createParsers({ parser: "auto" }, { referenceTimeMs: 0 }), (problem) => {
    throw new Error(problem.message);
  });
  const read = (text: string): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkBytes) reader.write(bytes.subarray(at, at + chunkBytes));
  };
  read(`${OWN}${FOREIGN}${OWN}${FOREIGN}`);
  expect(reader.framework).toBe("caffe");
  read(FOREIGN);
  expect(reader.framework).toBe("generic");
});
