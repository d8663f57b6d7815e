import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { getAll, getValue } from "./params.js";
import type { StandardSchema } from "./standard-schema.js";

let file: string;

function write(text: string | Uint8Array): void {
  writeFileSync(file, text);
}

beforeEach(() => {
  const workspace = mkdtempSync(join(tmpdir(), "ava-params-"));
  mkdirSync(join(workspace, "params"));
  file = join(workspace, "params", "default.json");
  vi.stubEnv("AVA_WORKSPACE", workspace);
  vi.stubEnv("AVA_TRAINING_INS_ID", "");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the seed's example holds", () => {
  write('{"k1": "v1", "k2": {"k3": "v3"}}');
  expect(getValue("k1")).toBe("v1");
  expect(getValue("k2")).toEqual({ k3: "v3" });
  expect(getValue("k2.k3")).toBe("v3");
  expect(getValue("none", { default: "default_val" })).toBe("default_val");
  expect(getAll()).toEqual({ k1: "v1", k2: { k3: "v3" } });
});

test.each([
  ["stepvalue.1", 200],
  ["nested.0.lr", 0.1],
  ["a.b", "dotted key"],
  ["empty", null],
  ["zero", 0],
  ["stepvalue.2", undefined],
  ["stepvalue.length", undefined],
  ["toString", undefined],
  ["__proto__", undefined],
  ["a.", undefined],
  ["", undefined],
])("key '%s' gives %j", (key, expected) => {
  write('{"stepvalue": [100, 200], "nested": [{"lr": 0.1}], "a.b": "dotted key", "empty": null, "zero": 0}');
  expect(getValue(key)).toEqual(expected);
});

test("a missing required key names the key and the file", () => {
  write("{}");
  expect(() => getValue("solver.lr", { isRequired: true })).toThrow(expect.objectContaining({ code: "PARAM_REQUIRED" }));
  expect(() => getValue("solver.lr", { isRequired: true })).toThrow(new RegExp(`'solver\\.lr'.*${file.replaceAll(".", "\\.")}`));
});

test.each([["not json {"], ["[1]"], ["null"]])("an unreadable file %j gives an empty object and is named as the reason", (text) => {
  write(text);
  expect(getAll()).toEqual({});
  expect(() => getValue("k", { isRequired: true })).toThrow(/cannot be read/);
});

test("an unreadable file is told once, with the place of the mistake", async () => {
  write('{"lr": 0.1,\n "k": 1,}');
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  for (let read = 0; read < 3; read++) expect(getAll()).toEqual({});
  const told = `${file} cannot be read: line 2, column 8: a comma before "}"; there are no params`;
  await vi.waitFor(() => expect(warnings).toContain(told));
  expect(warnings.filter((message) => message === told)).toHaveLength(1);
});

test.each([
  ["GBK", Buffer.from('{"name": "\xd6\xd0"}', "latin1"), /not UTF-8/],
  ["UTF-16", Buffer.from('\ufeff{"a": 1}', "utf16le"), /UTF-16/],
  ["UTF-16 without a mark", Buffer.from('{"a": 1}', "utf16le"), /UTF-16/],
])("a file in %s is refused instead of read wrongly", (_name, bytes, problem) => {
  write(bytes);
  expect(getAll()).toEqual({});
  expect(() => getValue("k", { isRequired: true })).toThrow(problem);
});

test("numbers are what the file says: big integers exactly, NaN and Infinity as Python writes them", () => {
  write('\ufeff{"seed": 9223372036854775807, "gamma": 2.0, "cap": Infinity, "clip": NaN, "lr": 1e400}');
  expect(getAll()).toEqual({ seed: 9223372036854775807n, gamma: 2, cap: Infinity, clip: Number.NaN, lr: Infinity });
  expect(getValue("seed")).toBe(9223372036854775807n);
});

test("all params are not stale: the file is read again", () => {
  write('{"lr": 1}');
  expect(getAll()).toEqual({ lr: 1 });
  write('{"lr": 2}');
  expect(getAll()).toEqual({ lr: 2 });
});

test("the file is read again only without the cache", () => {
  write('{"k": 1}');
  expect(getValue("k")).toBe(1);
  write('{"k": 2}');
  expect(getValue("k")).toBe(1);
  expect(getValue("k", { useCache: false })).toBe(2);
});

describe("with a schema", () => {
  const learningRate: StandardSchema<number> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) =>
        value === undefined
          ? { value: 0.5 }
          : typeof value === "number"
            ? { value: value * 2 }
            : { issues: [{ message: "not a number", path: ["lr", { key: 0 }] }] },
    },
  };

  test("the schema's output is the value, also of a key that does not exist", () => {
    write('{"lr": 0.1}');
    const value: number = getValue("lr", { schema: learningRate });
    expect(value).toBe(0.2);
    expect(getValue("none", { schema: learningRate })).toBe(0.5);
    expect(getValue("none", { schema: learningRate, default: 7 })).toBe(7);
  });

  test("a value that it refuses is named with key, file and reason", () => {
    write('{"lr": "high"}');
    expect(() => getValue("lr", { schema: learningRate })).toThrow(expect.objectContaining({ code: "PARAM_INVALID" }));
    expect(() => getValue("lr", { schema: learningRate })).toThrow(/'lr' in .*default\.json is "high": lr\.0: not a number/);
  });
});

test("what a caller does to getAll's object does not change the params", () => {
  write('{"k": {"n": 1}}');
  (getAll()["k"] as { n: number }).n = 9;
  expect(getValue("k.n")).toBe(1);
});
