import { expect, test } from "vitest";
import { toInstanceId, toRunId, trainingOf } from "./names.js";

test("every id of an instance is an id that MLflow's clients take, and comes back", () => {
  for (const id of ["20261122-233919-k7m2xq", "a.b:c@d+e_f", "0123456789abcdef0123456789abcdef"]) {
    expect(toRunId(id)).toMatch(/^[A-Za-z0-9][\w-]{0,255}$/);
    expect(toInstanceId(toRunId(id))).toBe(id);
  }
  expect(toRunId("20261122-233919-k7m2xq")).toBe("20261122-233919-k7m2xq");
});

test.each([
  ["Default", "default"],
  ["a/b", "a_b"],
  ["..", "_"],
  ["é", "\u{e9}"],
  ["x".repeat(200), "x".repeat(128)],
])("the experiment %j is the training %j", (experiment, training) => {
  expect(trainingOf(experiment)).toBe(training);
});
