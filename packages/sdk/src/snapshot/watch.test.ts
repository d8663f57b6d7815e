import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { type FoundSnapshot, SnapshotWatch } from "./watch.js";

const folder = mkdtempSync(path.join(tmpdir(), "ava-watch-"));
const write = (name: string, text = name) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

afterEach(() => rmSync(folder, { recursive: true }));

function watch(pattern: string, isForeign: (file: string) => boolean = () => false) {
  const found: FoundSnapshot[] = [];
  const made = new SnapshotWatch({ patterns: [path.join(folder, pattern)], isForeign, take: (one) => found.push(one) > 0 });
  const names = () => found.map(({ files }) => files.map((file) => path.relative(folder, file)).toSorted());
  return { watch: made, names };
}

test("what is there at the start is passed over until it changes; what is new at the end is taken", async () => {
  write("old_1.pt");
  write("changed_2.pt");
  const { watch: made, names } = watch("*.pt");
  await made.ready;
  write("changed_2.pt", "changed content");
  write("new_3.pt");
  write("empty_4.pt", "");
  await made.close();
  expect(names()).toEqual([["changed_2.pt"], ["new_3.pt"]]);
});

test("a folder that is a snapshot is taken whole, also with an empty file in it", async () => {
  write("notes");
  const { watch: made, names } = watch("*");
  await made.ready;
  write("checkpoint-500/weights");
  write("checkpoint-500/merges", "");
  await made.close();
  expect(names()).toEqual([["checkpoint-500"]]);
});

test("a file that another part of the run takes while we look is not taken twice", async () => {
  write("notes");
  let asked = 0;
  const { watch: made, names } = watch("*.pt", () => ++asked > 1);
  await made.ready;
  write("new_1.pt");
  await made.close();
  expect([names(), asked]).toEqual([[], 2]);
});
