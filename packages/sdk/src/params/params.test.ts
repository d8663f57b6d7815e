import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { getAll, getValue } from "./params.js";
import type { StandardSchema } from "./standard-schema.js";
import { setValueAt } from "./value-at.js";

let file: string;

function write(text: string): void {
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

test("setting a dotted key makes the levels and never reaches a prototype", () => {
  const root = { a: 1, list: [{ x: 1 }] };
  setValueAt(root, "a.b.c", 2);
  setValueAt(root, "list.0.x", 3);
  setValueAt(root, "__proto__.polluted", true);
  expect(root).toMatchObject({ a: { b: { c: 2 } }, list: [{ x: 3 }] });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
