import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { missingProgram } from "./find-program.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ava-find-"));
  for (const name of ["a", "b"]) mkdirSync(join(folder, name));
  mkdirSync(join(folder, "a", "folder"));
  for (const [file, mode] of Object.entries({ "a/plain": 0o644, "a/both": 0o644, "b/both": 0o755, "b/tool": 0o755 })) {
    writeFileSync(join(folder, file), "#!/bin/sh\n");
    chmodSync(join(folder, file), mode);
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

test.each<[what: string, program: string, path: string | undefined, code: string | undefined]>([
  ["in a folder of PATH", "tool", "a:b", undefined],
  ["only in a later folder one may be started", "both", "a:b", undefined],
  ["by a path from the working folder", "b/tool", "", undefined],
  ["by a path, whatever PATH says", "./b/tool", "/nowhere", undefined],
  ["in an empty part of PATH, the working folder", "../b/tool", ":", undefined],
  ["without PATH the system has its own", "tool", undefined, undefined],
  ["nowhere", "tool", "a", "COMMAND_NOT_FOUND"],
  ["by a path that leads nowhere", "a/none", "b", "COMMAND_NOT_FOUND"],
  ["one that is not executable", "plain", "a:b", "COMMAND_NOT_EXECUTABLE"],
  ["a folder", "a/folder", "", "COMMAND_NOT_EXECUTABLE"],
])("%s: %s", (what, program, path, code) => {
  const cwd = what.includes("empty part") ? join(folder, "a") : folder;
  expect(missingProgram(program, cwd, path)?.code).toBe(code);
});

test("a working folder that does not exist is named", () => {
  expect(missingProgram("sh", "/no/such/folder", "/bin")).toMatchObject({
    code: "COMMAND_NOT_FOUND",
    message: expect.stringContaining("/no/such/folder"),
  });
});
