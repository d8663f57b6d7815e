import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { makeFolder } from "./make-folder.js";

vi.mock("node:fs", async (original) => {
  const actual = await original<typeof fs>();
  return { ...actual, mkdirSync: vi.fn(actual.mkdirSync) };
});

test("a folder that another process makes once the one above it is there is taken as it is", () => {
  const top = fs.mkdtempSync(join(tmpdir(), "ava-make-"));
  onTestFinished(() => fs.rmSync(top, { recursive: true }));
  const path = join(top, "ava-workspace/run");
  const mkdir = vi.mocked(fs.mkdirSync);
  const make = mkdir.getMockImplementation()!;
  mkdir.mockImplementation((made, mode) => {
    const answer = make(made, mode);
    if (made === join(top, "ava-workspace")) make(path, mode);
    return answer;
  });
  makeFolder(path);
  expect(fs.readdirSync(top, { recursive: true })).toEqual(["ava-workspace", "ava-workspace/run"]);
});

test("no folder can be made below a file", () => {
  const top = fs.mkdtempSync(join(tmpdir(), "ava-make-"));
  onTestFinished(() => fs.rmSync(top, { recursive: true }));
  fs.writeFileSync(join(top, "file"), "");
  expect(() => makeFolder(join(top, "file/run/one"))).toThrow("ENOTDIR");
});
