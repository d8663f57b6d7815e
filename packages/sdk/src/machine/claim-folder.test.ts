import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claimFolder } from "./claim-folder.js";
import { ownThread } from "./thread-identity.js";

test("a folder is claimed by one at a time, and given back", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "ava-claim-")), "snapshots");
  const release = claimFolder(folder);
  expect(release).toBeDefined();
  expect(claimFolder(folder)).toBeUndefined();
  release?.();
  const second = claimFolder(folder);
  expect(second).toBeDefined();
  second?.();
  expect(readdirSync(folder)).toEqual([]);
});

test.runIf(process.platform === "linux")("the claim of a process that died is free", () => {
  const folder = mkdtempSync(join(tmpdir(), "ava-claim-"));
  const { pid } = spawnSync("true");
  const [space] = ownThread().split("-") as [string];
  symlinkSync(`${space}-${pid}-${pid}-1.1`, join(folder, "lock"));
  const release = claimFolder(folder);
  expect(release).toBeDefined();
  release?.();
});
