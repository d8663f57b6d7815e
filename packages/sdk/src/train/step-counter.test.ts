import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { StepCounter } from "./step-counter.js";

const newFolder = () => join(mkdtempSync(join(tmpdir(), "ava-steps-")), "steps");

test("a run that is joined again goes on after its last step, also when its process never ended it", () => {
  const folder = newFolder();
  const first = new StepCounter(folder, undefined);
  expect([first.take(), first.take(), first.take(7), first.take()]).toEqual([0, 1, 7, 8]);
  // No close: as after a SIGKILL.
  expect(new StepCounter(folder, undefined).take()).toBe(9);
});

test("ranks count for themselves; a process without a rank goes on after all of them", () => {
  const folder = newFolder();
  expect(new StepCounter(folder, "0").take(41)).toBe(41);
  expect(new StepCounter(folder, "1").take()).toBe(0);
  expect(new StepCounter(folder, "0").take()).toBe(42);
  expect(new StepCounter(folder, undefined).take()).toBe(43);
});

test.each(["", "short", "\0\0\0\0\0\0\xf8\x7f"])("a file that holds no step begins at 0: %j", (text) => {
  const folder = newFolder();
  new StepCounter(folder, undefined).close();
  writeFileSync(join(folder, "main"), text, "latin1");
  expect(new StepCounter(folder, undefined).take()).toBe(0);
});

test("without a place to remember it the steps are counted all the same", () => {
  const counter = new StepCounter("/proc/no/such/place", undefined);
  expect([counter.take(), counter.take()]).toEqual([0, 1]);
});
