// A program that registers models with MLflow's client below `ava-sdk run` goes on; its traces are counted.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { findFramework } from "./frameworks.js";

test.each([findFramework("mlflow"), findFramework("mlflow-2")])(
  "a model is registered, and found again by its alias and by a search; a trace is counted",
  async (mlflow) => {
    if (mlflow.isMissing) return;
    mlflow.install();
    const workspace = newWorkspace();
    const program = [mlflow.python, repositoryPath("tests/python/programs/registered.py")];
    const env = { HOME: workspace, PYTHONPATH: mlflow.folder, AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: "http://127.0.0.1:9" };
    const { exitCode, stdout, stderr } = await runAva(["run", "--id", "registers", "--", ...program], env, workspace);
    expect([exitCode, stderr.toString()]).toEqual([0, expect.not.stringMatching(/Traceback/)]);
    expect(stdout.toString().split("\n")).toContain("registers 2 ['2', '1'] ['classifier']");
    const told = readFileSync(path.join(workspace, "run/registers/logs/ava-sdk.log"), "utf8");
    expect(told).toContain("logged and AVA has no place for: 1 traces");
  },
  600_000,
);
