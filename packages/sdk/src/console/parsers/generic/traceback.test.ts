import { expect, it } from "vitest";
import { readMetrics } from "../../../testing/console-corpus/read.js";

const text =
  'step 1: loss 0.5\nTraceback (most recent call last):\n  File "train.py", line 12, in fit\n    loss = 0.25\nValueError: loss is nan\nstep 2: loss 0.75\n';

it.each([1, 7, 40, 1000])("source code in a traceback is not a metric, read %i bytes at a time", (chunkBytes) => {
  for (const ending of ["\n", "\r\n"]) {
    const metrics = readMetrics(Buffer.from(text.replaceAll("\n", ending)), "auto", chunkBytes);
    expect(metrics.map(({ value }) => value)).toEqual([0.5, 0.75]);
  }
});
