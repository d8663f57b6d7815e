// @ts-check

/**
 * @typedef {object} VitestReport what vitest's JSON reporter writes, as far as we read it
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults one for each test file
 */

/**
 * Counts tests. A file that failed outside its tests (it did not load, a hook threw) counts as one failed test, so that it cannot
 * pass unseen.
 *
 * @param {VitestReport} report
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function summariseReport({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return { passed: numPassedTests, failed: numFailedTests + brokenFiles.length, skipped: numPendingTests + numTodoTests };
}

/**
 * @param {{ passed: number, failed: number, skipped: number }} counts
 * @returns {string} the closing line
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
