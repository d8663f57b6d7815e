import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

interface LockFile {
  packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string; link?: boolean }>;
}

const file = path.resolve(import.meta.dirname, "../../package-lock.json");
const { packages } = JSON.parse(readFileSync(file, "utf8")) as LockFile;

// A registry that lacks the packages of other platforms makes `npm install` leave them out of the lock file, and then `npm ci` refuses it.
it("names the optional packages of all platforms, without which npm ci fails", () => {
  const names = new Set(Object.keys(packages).map((key) => key.replace(/^.*node_modules\//, "")));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}));
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

it("names no registry, so that packages come from the one that is configured", () => {
  const foreign = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(foreign).toEqual([]);
});
