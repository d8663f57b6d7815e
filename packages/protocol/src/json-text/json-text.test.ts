import { expect, test } from "vitest";
import { LIMITS } from "../limits.js";
import { setJsonText } from "./edit.js";
import { nodeAt } from "./node.js";
import { parseJsonText } from "./parse.js";
import { jsonValue, plainJsonValue, strictJsonText } from "./value.js";
import { writeJsonText } from "./write.js";

const read = (text: string): unknown => jsonValue(text, parseJsonText(text));

test.each([
  ['{"seed": 9223372036854775807, "n": -9007199254740993}', { seed: 9223372036854775807n, n: -9007199254740993n }],
  ['{"a": 9007199254740991, "b": 2.0, "c": 1e400, "d": -0.0, "e": 1e16}', { a: 9007199254740991, b: 2, c: Infinity, d: -0, e: 1e16 }],
  ['{"a": NaN, "b": [Infinity, -Infinity]}', { a: Number.NaN, b: [Infinity, -Infinity] }],
  ['{"a": 1, "a": {"x": "é\\u00e9\\n\\ud800"}}', { a: { x: "éé\n\ud800" } }],
  ["\r\n[ ]\t", []],
  ["null", null],
])("%s is read as Python reads it, big integers exactly", (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test("what JSON.parse reads has the same value, and keys that objects have by themselves are keys", () => {
  const text = '{"__proto__": 1, "a": [true, false, null, "\\"", -1.5e-3, {}], "": {"b": [[]]}}';
  expect(JSON.stringify(read(text))).toBe(JSON.stringify(JSON.parse(text)));
  expect(Object.getPrototypeOf(read(text))).toBe(Object.prototype);
});

test.each([
  ['{"lr": 0.1, // comment\n "k": 1}', "line 1, column 13: a comment; JSON has none"],
  ['{"lr": 0.1,\n "k": 1,}', 'line 2, column 8: a comma before "}"'],
  ["{'a': 1}", "line 1, column 2: a key in single quotes; JSON has double ones"],
  ['{"a": 1', 'line 1, column 8: "}" is missing at the end'],
  ['{"a" 1}', 'line 1, column 6: ":" is missing behind the key'],
  ['{"a": "b}', "line 1, column 7: a text that is not closed"],
  ['{"a": "b\nc"}', "line 1, column 7: a text with a line break, a control character or a wrong escape in it"],
  ['{"a": 01}', "line 1, column 7: a number that JSON does not have"],
  ['{"a": 1.}', "line 1, column 7: a number that JSON does not have"],
  ['{"a": True}', "line 1, column 7: something that is not a JSON value"],
  ['{"a": +1}', "line 1, column 7: something that is not a JSON value"],
  ['{"a": .5}', "line 1, column 7: something that is not a JSON value"],
  ['{"a": 1 "b": 2}', 'line 1, column 9: "," or "}" is missing'],
  ["{} {}", "line 1, column 4: more text behind the end of the JSON value"],
  ["", "line 1, column 1: a value is missing at the end"],
  ["[".repeat(100_000), `line 1, column ${LIMITS.jsonDepth + 1}: more than ${LIMITS.jsonDepth} levels in one another`],
])("%j is refused with its place", (text, message) => {
  expect(() => parseJsonText(text)).toThrow(message);
});

test("a value as strict JSON has texts for what is not finite", () => {
  const text = '{"a": NaN, "b": -Infinity, "c": 1e400, "d": 12345678901234567890}';
  expect(plainJsonValue(text, parseJsonText(text))).toEqual({ a: "NaN", b: "-Infinity", c: "Infinity", d: 12345678901234567000 });
  expect(strictJsonText(text, parseJsonText(text))).toBe('{"a":"NaN","b":"-Infinity","c":"Infinity","d":12345678901234567890}');
});

test.each([
  ["a.b", '{"c": 1}'],
  ["a.b.c", "1"],
  ["list.1.x", "2.0"],
  ["x.y", "3"],
  ["list.2", undefined],
  ["list.length", undefined],
  ["toString", undefined],
  ["a.", undefined],
  ["", undefined],
])("key '%s' finds %s", (key, source) => {
  const text = '{"a": {"b": {"c": 1}}, "list": [0, {"x": 2.0}], "x": 1, "x.y": 3}';
  const node = nodeAt(parseJsonText(text), key);
  expect(node && text.slice(node.start, node.end)).toBe(source);
});

test.each([
  [
    '{"seed": 9223372036854775807, "gamma": 2.0, "lr": 1e400}',
    "x",
    "1",
    '{"seed": 9223372036854775807, "gamma": 2.0, "lr": 1e400, "x": 1}',
  ],
  ['{"a":1.0,"b":NaN}', "a", "2", '{"a":2,"b":NaN}'],
  ['{"a":1.0,"b":NaN}', "c", "2", '{"a":1.0,"b":NaN,"c":2}'],
  ['{\n    "a": 1.00\n}\n', "b.c", "true", '{\n    "a": 1.00,\n    "b": {"c": true}\n}\n'],
  ['{\n  "a" : {\n    "x": 1,\n    "y": 2\n  }\n}', "a.z", "3", '{\n  "a" : {\n    "x": 1,\n    "y": 2,\n    "z": 3\n  }\n}'],
  ["{ }", "a", '"b"', '{"a": "b"}'],
  ['{"a": 1}', "a.b.c", "2", '{"a": {"b": {"c": 2}}}'],
  ['{"a.b": 1, "a": {}}', "a.b", "2", '{"a.b": 2, "a": {}}'],
  ['{"a": 1, "a": 2}', "a", "3", '{"a": 1, "a": 3}'],
  ['{"l": [1.0, {"x": 1}]}', "l.1.x", "2", '{"l": [1.0, {"x": 2}]}'],
  ['{"l": [1.0, 2]}', "l.2", "3", '{"l": [1.0, 2, 3]}'],
  ['{"a.b": {"c": 1}}', "a.b.d", "2", '{"a.b": {"c": 1, "d": 2}}'],
  ['{"a": 1, "a.b": {"c": 1}}', "a.b.d.e", "2", '{"a": 1, "a.b": {"c": 1, "d": {"e": 2}}}'],
  ['{"x": 1}', ".a..", "2", '{"x": 1, "": {"a": {"": {"": 2}}}}'],
  ["{}", "__proto__.x", "1", '{"__proto__": {"x": 1}}'],
])("%j with %s=%s is the same text with that key changed", (text, key, value, expected) => {
  const changed = setJsonText(text, key, value);
  expect(changed).toBe(expected);
  const found = nodeAt(parseJsonText(changed), key);
  expect(found && changed.slice(found.start, found.end)).toBe(value);
});

test("a place behind the end of a list is refused", () => {
  expect(() => setJsonText('{"l": [1, 2]}', "l.5", "1")).toThrow('a list of 2 items has no place "5"');
  expect(() => setJsonText("[1]", "a", "1")).toThrow("a JSON object is missing");
});

test("values of programs keep big integers, signs and what is not finite; what JSON does not have is left out", () => {
  const cyclic: Record<string, unknown> = { a: 1, self: undefined };
  cyclic["self"] = cyclic;
  const value = { n: 9223372036854775807n, z: -0, x: Number.NaN, y: -Infinity, d: new Date(0), f: () => 1, l: [undefined, 1], cyclic };
  expect(writeJsonText(value)).toBe(
    '{"n": 9223372036854775807, "z": -0.0, "x": NaN, "y": -Infinity, "d": "1970-01-01T00:00:00.000Z", "l": [null, 1], "cyclic": {"a": 1}}',
  );
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(parseJsonText(writeJsonText(deep)).kind).toBe("array");
  const throwing = Object.defineProperty({ a: 1 }, "b", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });
  expect(writeJsonText(throwing)).toBe('{"a": 1, "b": null}');
  // oxlint-disable-next-line no-sparse-arrays
  expect(writeJsonText([, 1])).toBe("[null, 1]");
  const unlisted = new Proxy({}, { ownKeys: () => expect.fail() });
  expect(writeJsonText({ unlisted, a: 1 })).toBe('{"unlisted": {}, "a": 1}');
});

test("objects that share their children are written as far as there is room, and that is said", () => {
  let shared: object = { x: 1 };
  for (let level = 0; level < 60; level++) shared = { a: shared, b: [shared, shared] };
  let cuts = 0;
  const text = writeJsonText({ lr: 0.1, shared }, 10_000, () => (cuts += 1));
  expect(parseJsonText(text).kind).toBe("object");
  expect(text.length).toBeLessThanOrEqual(10_000);
  expect(text.startsWith('{"lr": 0.1, "shared": ')).toBe(true);
  expect(cuts).toBe(1);
  expect(writeJsonText({ a: [1, {}] }, 100, () => (cuts += 1))).toBe('{"a": [1, {}]}');
  expect(cuts).toBe(1);
});
