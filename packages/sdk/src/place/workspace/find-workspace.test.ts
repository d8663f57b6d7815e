import { chmodSync, mkdirSync, mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { JournalWriter } from "../../record/journal/journal-writer.js";
import { prepareWorkspace } from "./find-workspace.js";
import { runLayout } from "./layout.js";

const modeOf = (path: string): number => statSync(path).mode & 0o777;
/** Not even root can make a folder there. */
const UNWRITABLE = "/proc/no-such-process/ws";

let temporary: string;
let personal: string;
let words: string[];

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "ava-place-"));
  vi.stubEnv("TMPDIR", temporary);
  personal = join(temporary, `ava-workspace-${process.getuid?.()}`);
  words = [];
});

afterEach(() => vi.unstubAllEnvs());

const prepare = (workspace: string) => prepareWorkspace(workspace, (message) => void words.push(message));

test("a workspace that is made is for its user only, with all that is made in it", () => {
  const workspace = join(temporary, "outer", "ws");
  expect(prepare(workspace)).toBe(workspace);
  const { journal, base } = runLayout(workspace, "i");
  new JournalWriter({ folder: journal, instance: "i", training: "t" }).close();
  for (const folder of [join(temporary, "outer"), workspace, join(workspace, "run"), base, journal]) expect(modeOf(folder)).toBe(0o700);
  expect(readdirSync(journal).map((file) => modeOf(join(journal, file)))).toEqual([0o600]);
});

test("a workspace that the user made stays as it is; what is made in it is private", () => {
  const workspace = join(temporary, "ws");
  mkdirSync(workspace);
  chmodSync(workspace, 0o755);
  expect(prepare(workspace)).toBe(workspace);
  expect([modeOf(workspace), modeOf(join(workspace, "run"))]).toEqual([0o755, 0o700]);
});

test("where it cannot be written, one folder below the temporary one takes its place again and again, private", () => {
  expect([prepare(UNWRITABLE), prepare(UNWRITABLE)]).toEqual([personal, personal]);
  expect(modeOf(personal)).toBe(0o700);
  expect(words).toHaveLength(2);
});

test.each<[string, () => void]>([
  ["that others may write in", () => mkdirSync(personal) ?? chmodSync(personal, 0o777)],
  ["that others may look into", () => mkdirSync(personal) ?? chmodSync(personal, 0o755)],
  ["that is a link", () => symlinkSync(mkdtempSync(join(temporary, "evil-")), personal)],
  ["that is a file", () => writeFileSync(personal, "")],
])("a planted folder %s is not used: no other user sets the params of a training", (_, plant) => {
  plant();
  const taken = prepare(UNWRITABLE);
  expect(taken).not.toBe(personal);
  expect(taken.startsWith(join(temporary, "ava-workspace-"))).toBe(true);
  expect(modeOf(taken)).toBe(0o700);
});
