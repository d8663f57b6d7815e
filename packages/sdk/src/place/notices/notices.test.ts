import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createNotices } from "./notices.js";

test("a script that draws a new warning at each step does not silence those of another kind", () => {
  const shown: string[] = [];
  const notices = createNotices({ showWarning: (message) => void shown.push(message) });
  for (let step = 0; step < 5_000; step++) notices.warn(`log() takes numbers; left out: bad_${step} (text)`);
  expect(shown.length).toBeLessThan(1_000);
  for (let time = 0; time < 2; time++) notices.warn("params cannot be written to /x: ENOSPC");
  expect(shown.filter((message) => message.startsWith("params"))).toHaveLength(1);
  expect(new Set(shown).size).toBe(shown.length);
});

test("secrets are masked in what is shown and in what is kept, and only the user can read the file", () => {
  const folder = mkdtempSync(join(tmpdir(), "ava-notices-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "notices.log");
  const shown: string[] = [];
  const show = (message: string) => void shown.push(message);
  const notices = createNotices({ file: () => file, showWarning: show, showAnnouncement: show, showNote: show });
  notices.warn("cannot log in with password=hunter2abc");
  notices.announce("see https://user:hunter2abc@host/");
  notices.tell("Authorization: Bearer hunter2abc");
  expect(shown).toEqual(["cannot log in with password=***", "see https://user:***@host/", "Authorization: Bearer ***"]);
  expect(readFileSync(file, "utf8").replaceAll(/^\S+ /gm, "")).toBe(`${shown.join("\n")}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file that cannot be written keeps no word from the user", () => {
  const shown: string[] = [];
  const notices = createNotices({ file: () => "/no/such/folder/log", showWarning: (message) => void shown.push(message) });
  notices.warn("the disk is full");
  notices.tell("not everything reached the platform");
  expect(shown).toEqual(["the disk is full", "not everything reached the platform"]);
});
