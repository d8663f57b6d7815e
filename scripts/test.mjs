// @ts-check
// `npm test`: sets up, runs what `npm run check` runs, and ends with one line that counts the tests.
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";
import { runCommand } from "./run-command.mjs";
import { ensureChromium, ensurePackages, ensurePython } from "./set-up.mjs";
import { closingLine, summariseReport } from "./summarise-report.mjs";

const reportFile = path.join(root, ".vitest/report.json");
rmSync(reportFile, { force: true });

try {
  await ensurePackages();
  await ensureChromium();
  await ensurePython();
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const exitCode = await runCommand("npm", ["run", "check", "--", ...reporters]);
  const counts = readCounts();
  if (counts.failed === 0 && exitCode !== 0) counts.failed = 1;
  console.log(`\n${closingLine(counts)}`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log("\n0 passed, 1 failed");
  process.exitCode = 1;
}

/** @returns {{ passed: number, failed: number, skipped: number }} no tests at all where the build or the lint ended the check */
function readCounts() {
  try {
    return summariseReport(JSON.parse(readFileSync(reportFile, "utf8")));
  } catch (error) {
    console.error(`No test ran: the build or the lint failed, see above (${error instanceof Error ? error.message : error}).`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
