import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "./docs/blocks.js";

const runScript = (flag: string) => spawnSync(process.execPath, [path.join(root, "scripts/console-guide.mjs"), flag], { encoding: "utf8" });

it("the page of trainers says what the parsers read of their lines", () => {
  const { status, stderr } = runScript("--check");
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

it("an unknown flag is refused, and nothing is written", () => {
  const { status, stderr } = runScript("--help");
  expect(stderr).toContain("'--help'");
  expect(status).toBe(1);
});
