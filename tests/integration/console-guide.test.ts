import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "./docs/blocks.js";

it("the page of trainers says what the parsers read of their lines", () => {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/console-guide.mjs"), "--check"], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
