import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownThread } from "../log/spool/thread-identity.js";
import { claimSnapshots } from "./claim.js";

test("snapshots are claimed by one at a time, and given back", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "ava-claim-")), "snapshots");
  const release = claimSnapshots(folder);
  expect(release).toBeDefined();
  expect(claimSnapshots(folder)).toBeUndefined();
  release?.();
  const second = claimSnapshots(folder);
  expect(second).toBeDefined();
  second?.();
  expect(readdirSync(folder)).toEqual([]);
});

test.runIf(process.platform === "linux")("the claim of a process that died is free", () => {
  const folder = mkdtempSync(join(tmpdir(), "ava-claim-"));
  const { pid } = spawnSync("true");
  const [space] = ownThread().split("-") as [string];
  symlinkSync(`${space}-${pid}-${pid}-1.1`, join(folder, "lock"));
  const release = claimSnapshots(folder);
  expect(release).toBeDefined();
  release?.();
});
