import { expect, it } from "vitest";
import { closingLine, summariseReport } from "./summarise-report.mjs";

const report = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

it("counts a test file that does not load as a failure", () => {
  const testResults = [
    { status: "failed", assertionResults: [] },
    { status: "passed", assertionResults: [{ status: "passed" }] },
  ];
  expect(closingLine(summariseReport({ ...report, testResults }))).toBe("7 passed, 1 failed");
});

it("counts a failed test once", () => {
  const testResults = [{ status: "failed", assertionResults: [{ status: "failed" }] }];
  expect(closingLine(summariseReport({ ...report, numFailedTests: 1, testResults }))).toBe("7 passed, 1 failed");
});

it("names skipped tests only where there are some", () => {
  expect(closingLine(summariseReport({ ...report, numPendingTests: 1, numTodoTests: 2 }))).toBe("7 passed, 0 failed, 3 skipped");
});
