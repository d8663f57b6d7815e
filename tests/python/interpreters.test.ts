import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { repositoryPath } from "../processes/paths.js";
import { pythonEnvironment } from "../processes/python.js";
import { findPython } from "./interpreters.js";

const VERSIONS = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];
const found = VERSIONS.map((version) => ({ version, python: findPython(version) }));
const workspace = mkdtempSync(path.join(tmpdir(), "ava-interpreters-"));

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

test("there is a Python 3", () => {
  expect(found.filter(({ version, python }) => version.startsWith("3.") && python)).not.toEqual([]);
});

for (const { version, python } of found) {
  const note = python ? "" : "; NOT TESTED: it is not installed here";
  test.skipIf(!python)(`python/tests pass with Python ${version}${note}`, { timeout: 600_000 }, () => {
    const { status, stdout, stderr } = spawnSync(python as string, [repositoryPath("python/tests/run.py")], {
      encoding: "utf8",
      cwd: workspace,
      env: pythonEnvironment(workspace),
      maxBuffer: 64 * 1024 * 1024,
    });
    expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
  });
}
