import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CONTAINER_WORKSPACE, findWorkspace } from "./find-workspace.js";
import { configPath, datasetPath, defaultParamsPath, modelPath, runLayout } from "./layout.js";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "ava-layout-")));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("everything of an instance lies below its own folder, each thing in a place of its own", () => {
  const { base, ...parts } = runLayout(folder, "id-1");
  expect(relative(folder, base)).toBe(join("run", "id-1"));
  expect(Object.fromEntries(Object.entries(parts).map(([name, path]) => [name, relative(base, path)]))).toEqual({
    output: "output",
    logs: "logs",
    journal: "journal",
    lines: "lines",
    steps: "steps",
    firstEpoch: "first-epoch",
    snapshots: "snapshots",
    tmp: "tmp",
    params: "params.json",
  });
});

test("the container's own files have the places that its platform gave them", () => {
  expect(configPath(folder, "user")).toBe(join(folder, "config", "user"));
  expect(defaultParamsPath(folder)).toBe(join(folder, "params", "default.json"));
  expect(modelPath(folder)).toBe(join(folder, "model"));
});

test("data sets that a platform mounts win over those in the workspace", () => {
  expect(datasetPath(folder, "train")).toBe(join(folder, "data", "train"));
  mkdirSync(join(folder, "mnt", "data"), { recursive: true });
  expect(datasetPath(folder, "train")).toBe(join(folder, "mnt", "data", "train"));
});

test("the workspace is what the option says, then AVA_WORKSPACE, and always an absolute path", () => {
  vi.stubEnv("AVA_WORKSPACE", join(folder, "environment"));
  expect(findWorkspace(join(folder, "option"))).toBe(join(folder, "option"));
  expect(findWorkspace("relative")).toBe(join(process.cwd(), "relative"));
  expect(findWorkspace()).toBe(join(folder, "environment"));
  vi.stubEnv("AVA_WORKSPACE", "");
  // Where there is the container's folder, it is that one.
  expect([CONTAINER_WORKSPACE, join(process.cwd(), "ava-workspace")]).toContain(findWorkspace());
});
