import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SettleWatch } from "./settle.js";

const SETTLED = { missing: [], changing: [], gone: [], special: [] };

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ava-settle-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function age(path: string, seconds: number): void {
  const timeS = Date.now() / 1000 - seconds;
  utimesSync(path, timeS, timeS);
}

test("a file that has long been unchanged is settled at the first look", async () => {
  const file = join(newFolder(), "weights");
  writeFileSync(file, "weights");
  age(file, 3600);
  expect(await new SettleWatch().look([file])).toEqual(SETTLED);
});

test("a file that changes between two looks is not settled, whatever its time says", async () => {
  const file = join(newFolder(), "weights");
  const watch = new SettleWatch();
  writeFileSync(file, "we");
  expect(await watch.look([file])).toEqual({ ...SETTLED, changing: [file] });
  writeFileSync(file, "weights");
  age(file, 3600);
  expect(await watch.look([file])).toEqual({ ...SETTLED, changing: [file] });
});

test("a folder is settled when all files in it are", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "checkpoint-500/deep"), { recursive: true });
  const file = join(folder, "checkpoint-500/deep/weights");
  writeFileSync(file, "weights");
  const checkpoint = join(folder, "checkpoint-500");
  for (const path of [join(checkpoint, "deep"), checkpoint]) age(path, 3600);
  expect(await new SettleWatch().look([checkpoint])).toEqual({ ...SETTLED, changing: [checkpoint] });
  age(file, 3600);
  expect(await new SettleWatch().look([checkpoint])).toEqual(SETTLED);
});

test("a pipe is told apart without being opened, a file that never comes is gone", async () => {
  const folder = newFolder();
  const [pipe, none] = [join(folder, "pipe"), join(folder, "none")];
  execFileSync("mkfifo", [pipe]);
  expect(await new SettleWatch().look([pipe, none])).toEqual({ ...SETTLED, special: [pipe], missing: [none] });
  expect(await new SettleWatch({ missingMs: 0 }).look([none])).toEqual({ ...SETTLED, gone: [none] });
});
