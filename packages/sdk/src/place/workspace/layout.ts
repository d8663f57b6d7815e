import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * @param workspace - path of the workspace
 * @returns the folder of data sets; `mnt/data` wins where a platform mounts it there
 */
export function dataFolder(workspace: string): string {
  const mounted = join(workspace, "mnt", "data");
  return existsSync(mounted) ? mounted : join(workspace, "data");
}

/** Names of the three data sets of a workspace. */
export type DatasetName = "train" | "val" | "test";

/**
 * @param workspace - path of the workspace
 * @param name - which data set
 * @returns its folder
 */
export function datasetPath(workspace: string, name: DatasetName): string {
  return join(dataFolder(workspace), name);
}

/**
 * @param workspace - path of the workspace
 * @returns the folder of models
 */
export function modelPath(workspace: string): string {
  return join(workspace, "model");
}

/**
 * @param workspace - path of the workspace
 * @param name - `user`, `worker`, `trainingspec`, ...
 * @returns path of a configuration file of the platform
 */
export function configPath(workspace: string, name: string): string {
  return join(workspace, "config", name);
}

/**
 * @param workspace - path of the workspace
 * @returns path of the user's params
 */
export function defaultParamsPath(workspace: string): string {
  return join(workspace, "params", "default.json");
}

/** Where params that were fetched from the platform lie, beside those in use. */
export interface FetchedLayout {
  /** Text of the params that were last written to `default.json`. */
  written: string;
  /** Revisions of one training's params, `N.json`. */
  revisions: string;
  /** Which of them was fetched last. */
  newest: string;
  /** The training's rules for console output, as they were fetched last. */
  rules: string;
  /** What stood in `default.json` and was replaced. */
  kept: string;
}

/**
 * @param workspace - path of the workspace
 * @param training - name of a training
 * @returns paths of its fetched params; nothing is created
 */
export function fetchedLayout(workspace: string, training: string): FetchedLayout {
  const folder = join(workspace, "params");
  // Names may have any characters and be longer than a file's name may.
  const readable = training.replaceAll(/[^A-Za-z0-9._-]+/g, "_").slice(0, 40);
  const revisions = join(folder, "fetched", `${readable}-${createHash("sha256").update(training).digest("hex").slice(0, 8)}`);
  return {
    written: join(folder, "fetched", "default.json"),
    revisions,
    newest: join(revisions, "newest.json"),
    rules: join(revisions, "rules.json"),
    kept: join(folder, "kept"),
  };
}

/** Folders and files of one instance. */
export interface RunLayout {
  base: string;
  /** Snapshots of the run. */
  output: string;
  logs: string;
  journal: string;
  /** Lines of consoles that wait for a parser. */
  lines: string;
  /** Last steps of the processes. */
  steps: string;
  /** The epoch of its console output that counts as 0. */
  firstEpoch: string;
  /** Snapshots on their way to storage and platform. */
  snapshots: string;
  /** Scratch: archives before they are stored. */
  tmp: string;
  /** The params this instance runs with, when they were given to `ava-sdk run` or `TrainInstance.create`. */
  params: string;
}

/**
 * @param workspace - path of the workspace
 * @param instanceId - id of the instance
 * @returns its paths; nothing is created
 */
export function runLayout(workspace: string, instanceId: string): RunLayout {
  const base = join(workspace, "run", instanceId);
  return {
    base,
    output: join(base, "output"),
    logs: join(base, "logs"),
    journal: join(base, "journal"),
    lines: join(base, "lines"),
    steps: join(base, "steps"),
    firstEpoch: join(base, "first-epoch"),
    snapshots: join(base, "snapshots"),
    tmp: join(base, "tmp"),
    params: join(base, "params.json"),
  };
}
