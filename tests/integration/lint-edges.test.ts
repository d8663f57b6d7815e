// Proves that the import edges in .oxlintrc.json fire: a rule that silently matches nothing would let every edge through.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
let copy: string;

beforeEach(() => {
  copy = mkdtempSync(path.join(tmpdir(), "ava-lint-"));
  copyFileSync(path.join(root, ".oxlintrc.json"), path.join(copy, ".oxlintrc.json"));
});
afterEach(() => rmSync(copy, { recursive: true }));

/** Lints one file as if it lay at `file` of this repository. */
function lint(file: string, source: string): { isClean: boolean; refusals: { rule: string; line: number }[] } {
  const target = path.join(copy, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, source);
  const oxlint = path.join(root, "node_modules/oxlint/bin/oxlint");
  const { status, stdout } = spawnSync(process.execPath, [oxlint, "--deny-warnings", "--format=json"], { cwd: copy, encoding: "utf8" });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; labels: { span: { line: number } }[] }[] };
  const refusals = diagnostics.map(({ code, labels }) => ({ rule: code, line: labels[0]?.span.line ?? 0 }));
  return { isClean: status === 0, refusals: refusals.sort((a, b) => a.line - b.line) };
}

/** Every way to name another module; one statement a line. */
function importInAllForms(from: string): string {
  return [
    `import { a } from "${from}";`,
    `import type { B } from "${from}";`,
    `export { c } from "${from}";`,
    `export const d: unknown = await import("${from}");`,
    "export const e: B = a;\n",
  ].join("\n");
}

const forbidden: [file: string, from: string][] = [
  ["packages/protocol/src/wire/a.ts", "node:fs"],
  ["packages/protocol/src/wire/a.ts", "ava-sdk"],
  ["packages/protocol/src/wire/a.ts", "valibot"],
  ["packages/protocol/src/wire/a.ts", "../../../sdk/src/index.js"],
  ["packages/kodo/src/a.ts", "node:fs"],
  ["packages/kodo/src/a.ts", "node:crypto/promises"],
  ["packages/kodo/src/a.ts", "ava-protocol"],
  ["packages/kodo/src/a.ts", "ava-sdk/kodo"],
  ["packages/kodo/src/a.ts", "valibot"],
  ["packages/kodo/src/a.ts", "../../protocol/src/index.js"],
  ["packages/dialects/src/mlflow/a.ts", "node:fs"],
  ["packages/dialects/src/mlflow/a.ts", "ava-protocol/wire"],
  ["packages/dialects/src/mlflow/a.ts", "ava-sdk"],
  ["packages/dialects/src/mlflow/a.ts", "fastify"],
  ["packages/dialects/src/mlflow/a.ts", "../../../protocol/src/index.js"],
  ["packages/portal/src/a.tsx", "ava-dialects"],
  ["packages/sdk/src/run/a.ts", "../../../dialects/src/index.js"],
  ["packages/sdk/src/train/a.ts", "ava-platform"],
  ["packages/sdk/src/train/a.ts", "ava-platform/store"],
  ["packages/sdk/src/train/a.ts", "ava-portal"],
  ["packages/sdk/src/train/a.ts", "../../../protocol/src/index.js"],
  ["packages/sdk/src/storage/a.ts", "../../../kodo/src/sign.js"],
  ["packages/sdk/src/train/a.test.ts", "ava-platform"],
  ["packages/sdk/bin/a.ts", "../../platform/dist/index.js"],
  ["packages/platform/src/store/a.ts", "ava-sdk"],
  ["packages/platform/src/store/a.ts", "ava-sdk/train"],
  ["packages/platform/src/store/a.ts", "ava-sdk/reread/more"],
  ["packages/platform/src/store/a.ts", "ava-sdk/storage"],
  ["packages/platform/src/store/a.ts", "ava-sdk/s3/more"],
  ["packages/platform/src/store/a.ts", "ava-portal"],
  ["packages/platform/src/store/a.ts", "../../../sdk/dist/index.js"],
  ["packages/platform/src/store/a.ts", "../../../kodo/dist/index.js"],
  ["packages/portal/src/a.tsx", "ava-kodo"],
  ["packages/portal/src/a.tsx", "ava-sdk"],
  ["packages/portal/src/a.tsx", "ava-platform"],
  ["packages/portal/src/charts/a.tsx", "../../../platform/src/index.js"],
  ["packages/sdk/src/storage/a.ts", "ava-kodo-emulator"],
  ["packages/sdk/src/storage/a.test.ts", "../../../kodo-emulator/src/index.js"],
  ["packages/platform/src/store/a.ts", "ava-kodo-emulator"],
  ["packages/portal/src/a.tsx", "ava-kodo-emulator"],
  ["packages/kodo-emulator/src/a.ts", "ava-sdk/kodo"],
  ["packages/kodo-emulator/src/a.ts", "ava-platform"],
  ["packages/kodo-emulator/src/routes/a.ts", "../../../sdk/src/index.js"],
  ["examples/digits/src/a.ts", "ava-platform"],
  ["examples/digits/src/a.ts", "ava-kodo"],
  ["examples/digits/src/a.ts", "ava-kodo-emulator"],
  ["examples/digits/src/a.ts", "../../../packages/sdk/src/index.js"],
];

const allowed: [file: string, from: string][] = [
  ["packages/protocol/src/wire/a.ts", "../series-key.js"],
  ["packages/protocol/src/a.test.ts", "node:fs"],
  ["packages/kodo/src/a.ts", "./sign.js"],
  ["packages/kodo/src/a.ts", "node:crypto"],
  ["packages/kodo/src/a.test.ts", "node:fs"],
  ["packages/dialects/src/mlflow/a.ts", "ava-protocol"],
  ["packages/dialects/src/mlflow/a.ts", "../ports.js"],
  ["packages/dialects/src/mlflow/a.test.ts", "node:fs"],
  ["packages/sdk/src/train/a.ts", "ava-protocol"],
  ["packages/sdk/src/run/a.ts", "ava-dialects"],
  ["packages/sdk/src/storage/a.ts", "ava-kodo"],
  ["packages/sdk/src/train/a.ts", "node:fs"],
  ["packages/sdk/src/train/a.ts", "../ship/ask-platform.js"],
  ["packages/sdk/src/storage/a.test.ts", "ava-kodo-emulator"],
  ["packages/kodo-emulator/src/a.ts", "ava-kodo"],
  ["packages/platform/src/store/a.ts", "ava-protocol"],
  ["packages/platform/src/reparse/a.ts", "ava-sdk/reread"],
  ["packages/platform/src/blobs/a.ts", "ava-sdk/s3"],
  ["packages/platform/src/models/a.ts", "ava-kodo"],
  ["packages/portal/src/a.tsx", "ava-protocol"],
  ["examples/digits/src/a.ts", "ava-sdk/train"],
];

it.each(forbidden)("refuses %s importing %s, in every form", (file, from) => {
  const refusals = [1, 2, 3, 4].map((line) => ({ rule: "eslint(no-restricted-imports)", line }));
  expect(lint(file, importInAllForms(from))).toEqual({ isClean: false, refusals });
});

it.each(allowed)("accepts %s importing %s, in every form", (file, from) => {
  expect(lint(file, importInAllForms(from))).toEqual({ isClean: true, refusals: [] });
});

it("refuses a test that expects nothing, and accepts one that expects something, also by a function that does", () => {
  const test = (body: string) =>
    `import { expect, test } from "vitest";\n\ntest("adds", () => {\n  ${body}\n});\nexport const e = expect;\n`;
  expect(lint("packages/sdk/src/place/a.test.ts", test("void [1 + 1];"))).toEqual({
    isClean: false,
    refusals: [{ rule: "vitest(expect-expect)", line: 3 }],
  });
  expect(lint("packages/sdk/src/place/a.test.ts", test("expect(1 + 1).toBe(2);")).isClean).toBe(true);
  expect(lint("packages/sdk/src/place/a.test.ts", test("e.assertNoFaults();")).isClean).toBe(true);
});

it.each(["packages/sdk/src/place/a.test.ts", "tests/crash/a.ts", "packages/platform/src/testing/a.ts"])(
  "refuses numbers that no seed repeats in %s, and accepts them in what is tested",
  (file) => {
    const source = "export const a = Math.random();\nexport const { random } = Math;\n";
    expect(lint("packages/sdk/src/ship/a.ts", source)).toEqual({ isClean: true, refusals: [] });
    const refusals = [1, 2].map((line) => ({ rule: "eslint(no-restricted-properties)", line }));
    expect(lint(file, source)).toEqual({ isClean: false, refusals });
  },
);
