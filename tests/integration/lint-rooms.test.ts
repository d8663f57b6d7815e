// Proves that scripts/check-rooms.mjs refuses every import between rooms that scripts/rooms.mjs does not allow, and circles of files.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ROOMS } from "../../scripts/rooms.mjs";

const root = path.resolve(import.meta.dirname, "../..");
let copy: string;

beforeEach(() => {
  copy = mkdtempSync(path.join(tmpdir(), "ava-rooms-"));
});
afterEach(() => rmSync(copy, { recursive: true }));

function write(file: string, source: string): void {
  const target = path.join(copy, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, source);
}

function check(): { isClean: boolean; refusals: string[] } {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/check-rooms.mjs"), copy], { encoding: "utf8" });
  const refusals = stderr.split("\n").filter((line) => line.startsWith("packages/"));
  return { isClean: status === 0, refusals: refusals.sort() };
}

/** A file in each room that imports from all rooms that `isMeant` chooses. */
function writeRooms(isMeant: (allowed: string[], to: string) => boolean): string[] {
  const refusals: string[] = [];
  for (const [folder, rooms] of Object.entries(ROOMS)) {
    for (const [from, allowed] of Object.entries(rooms)) {
      const targets = Object.keys(rooms).filter((to) => to !== from && isMeant(allowed, to));
      const forms = targets.map(
        (to, at) => [`import "../${to}/b.js";`, `import type { A } from "../${to}/b.js";`, `await import("../${to}/b.js");`][at % 3],
      );
      write(`${folder}/${from}/a.ts`, `${forms.join("\n")}\n`);
      write(`${folder}/${from}/b.ts`, "");
      refusals.push(...targets.map((to) => `${folder}: ${from}/a.ts may not import ${to}/b.ts`));
    }
  }
  return refusals.sort();
}

it("refuses each edge that is not in the list, and names it", () => {
  const expected = writeRooms((allowed, to) => !allowed.includes(to));
  expect(expected.length).toBeGreaterThan(100);
  expect(check()).toEqual({ isClean: false, refusals: expected });
});

it("accepts each edge of the list", () => {
  writeRooms((allowed, to) => allowed.includes(to));
  expect(check()).toEqual({ isClean: true, refusals: [] });
});

it("refuses a room that is not in the list", () => {
  write("packages/sdk/src/helpers/a.ts", 'import { b } from "./b.js";\n');
  write("packages/sdk/src/helpers/b.ts", "");
  expect(check()).toEqual({ isClean: false, refusals: ["packages/sdk/src: helpers/a.ts may not import helpers/b.ts"] });
});

it("refuses files that import each other, also when only for types, in any package", () => {
  write("packages/kodo/src/a.ts", 'import { b } from "./b.js";\n');
  write("packages/kodo/src/b.ts", 'import type { C } from "./c.js";\n');
  write("packages/kodo/src/c.ts", 'export const d = await import("./a.js");\n');
  expect(check()).toEqual({
    isClean: false,
    refusals: ["packages/kodo/src: files import each other: a.ts -> b.ts -> c.ts -> a.ts"],
  });
});

it("lets tests import every room", () => {
  write("packages/sdk/src/place/a.test.ts", 'import { b } from "../cli/b.js";\n');
  write("packages/sdk/src/cli/b.ts", "");
  expect(check()).toEqual({ isClean: true, refusals: [] });
});
