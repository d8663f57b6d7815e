// Programs of trainers, unchanged, below `ava-sdk run`: what was read of their output, beside what they gave back.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import type { PlatformProcess } from "../processes/platform.js";
import type { Framework } from "./frameworks.js";
import { expectedPoints, type Point, recordedPoints } from "./recorded.js";

/** What a trainer gave back, and what was read of its output. */
export interface ConsoleRun {
  returned: Point[];
  /** At the steps of `returned`. */
  read: Point[];
  /** Names that the output has and the program does not give back. */
  also: string[];
}

/**
 * Trains below `ava-sdk run`.
 *
 * @param platform - that records it
 * @param framework - whose interpreter and packages are used
 * @param program - name of a file of tests/python/programs/console, without its ending
 * @param args - in front of the folder that it keeps its own view in
 * @returns both views
 */
export async function trainBelow(
  platform: PlatformProcess,
  framework: Framework,
  program: string,
  args: readonly string[],
): Promise<ConsoleRun> {
  const [workspace, evidence, id] = [newWorkspace(), mkdtempSync(path.join(tmpdir(), "ava-evidence-")), [program, ...args].join("-")];
  const command = [framework.python, repositoryPath(`tests/python/programs/console/${program}.py`), ...args, evidence];
  const quiet = { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "", KERAS_HOME: workspace, YOLO_CONFIG_DIR: workspace };
  const env = { ...quiet, PYTHONPATH: framework.folder, AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: workspace };
  const { exitCode, stderr } = await runAva(["run", "--quiet", "--id", id, "--dialects", "none", "--", ...command], env, workspace);
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: expect.not.stringMatching(/Traceback|ava-sdk:/) });
  const returned = expectedPoints(evidence);
  const recorded = await recordedPoints(platform, id);
  const told = new Set(returned.map(({ name, step }) => `${name} ${step}`));
  const names = new Set(recorded.map(({ name }) => name));
  for (const { name } of returned) names.delete(name);
  return { returned, read: recorded.filter(({ name, step }) => told.has(`${name} ${step}`)), also: [...names].sort() };
}
