import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { findFiles } from "./glob.js";

const folder = mkdtempSync(path.join(tmpdir(), "ava-glob-"));
for (const name of [
  "model_1.pt",
  "model_20.pt",
  "model.pt",
  "notes.txt",
  ".hidden.pt",
  "a/deep/model_3.pt",
  "a/.git/model_5.pt",
  ".cache/model_6.pt",
  "a/model_4.pt",
  "we+ird(1).pt",
  "b/checkpoint-500/weights",
  "b/data2012/image",
]) {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), name);
}

test.each([
  ["model_*.pt", ["model_1.pt", "model_20.pt"]],
  ["model_?.pt", ["model_1.pt"]],
  ["**/model_*.pt", ["a/deep/model_3.pt", "a/model_4.pt", "model_1.pt", "model_20.pt"]],
  ["a/**", ["a/deep/model_3.pt", "a/model_4.pt"]],
  ["*/model_4.pt", ["a/model_4.pt"]],
  ["model.pt", ["model.pt"]],
  ["we+ird(*).pt", ["we+ird(1).pt"]],
  [".*.pt", [".hidden.pt"]],
  [".cache/**/*.pt", [".cache/model_6.pt"]],
  ["**/.git/*.pt", ["a/.git/model_5.pt"]],
  ["b/*", ["b/checkpoint-500"]],
  ["nowhere/*.pt", []],
])("%s", async (pattern, expected) => {
  const found = (await findFiles(path.join(folder, pattern))).map((file) => path.relative(folder, file));
  expect(found.toSorted()).toEqual(expected);
});
