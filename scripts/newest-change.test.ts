import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { newestChangeMs } from "./newest-change.mjs";

it("finds the last change below the folders, but not in what builds write", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-newest-"));
  for (const [name, second] of [
    ["a/old.ts", 1000],
    ["a/deep/new.ts", 2000],
    ["b/dist/built.js", 3000],
  ] as const) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "");
    utimesSync(file, second, second);
  }
  expect(newestChangeMs([path.join(folder, "a"), path.join(folder, "b")])).toBe(2_000_000);
  rmSync(folder, { recursive: true });
});
