import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { expect, test } from "vitest";
import { repositoryPath } from "../processes/paths.js";

const PUBLISHED = ["protocol", "kodo", "dialects", "sdk", "platform"];

function pack(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-pack-"));
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: repositoryPath(`packages/${name}`),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const report = JSON.parse(packed) as { filename: string }[] | Record<string, { filename: string }>;
  return path.join(folder, Object.values(report)[0]?.filename ?? "");
}

test.each(PUBLISHED)("package %s is packed as its consumers need it", async (name) => {
  const tarball = readFileSync(pack(name));
  const pkg = JSON.parse(readFileSync(repositoryPath(`packages/${name}/package.json`), "utf8")) as Record<string, unknown>;
  const { messages } = await publint({ pack: { tarball: toArrayBuffer(tarball) }, level: "warning", strict: true });
  // The command ava-sdk starts in a shell, which notes what Node.js would change for the commands that it runs.
  const unexpected = messages.filter(({ code, path: place }) => code !== "BIN_FILE_NOT_EXECUTABLE" || place.join(".") !== "bin.ava-sdk");
  expect(unexpected.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test.each(PUBLISHED)("the types of package %s are those that Node's and bundlers' ESM resolution find", async (name) => {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(pack(name)))));
  // The packages are ESM alone; a CommonJS consumer on Node 20.19 gets it by require(esm), which the tool reports as a problem.
  const esm = (result.types ? result.problems : [{ kind: "NoTypes" }]).filter((problem) => problem.kind !== "CJSResolvesToESM");
  const known = esm.filter((problem) => !("resolutionKind" in problem && problem.resolutionKind === "node10"));
  expect(known).toEqual([]);
});

test("all packages have one version, above those of 2018", () => {
  const manifests = [
    ...["protocol", "kodo", "dialects", "sdk", "platform", "portal", "kodo-emulator"].map((name) => `packages/${name}`),
    "bench",
    "examples/digits",
  ];
  const versions = manifests.map(
    (folder) => (JSON.parse(readFileSync(repositoryPath(`${folder}/package.json`), "utf8")) as { version: string }).version,
  );
  const [, python] = /^__version__ = "(.*)"$/m.exec(readFileSync(repositoryPath("python/ava/__init__.py"), "utf8")) ?? [];
  expect(new Set([...versions, python]).size).toBe(1);
  expect(Number.parseInt(versions[0] ?? "", 10)).toBeGreaterThanOrEqual(1);
});

test("what the entry points export is what docs/api says", () => {
  const { status, stderr } = spawnSync(process.execPath, [repositoryPath("scripts/api-report.mjs"), "--check"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
