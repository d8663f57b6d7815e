import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRules } from "./rules.js";

let file: string;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "ava-rules-")), "rules.json");
});
afterEach(() => rmSync(join(file, ".."), { recursive: true }));

test.each<[string, string]>([
  ["a list", '["a=(?<a>\\\\d)", "b=(?<b>\\\\d)"]'],
  ["a list under rules, as the platform takes it", '{"rules": ["a=(?<a>\\\\d)", "b=(?<b>\\\\d)"], "preview": true}'],
  ["a list behind a byte order mark", '\ufeff["a=(?<a>\\\\d)", "b=(?<b>\\\\d)"]'],
])("%s gives its regexes in order", (_, text) => {
  writeFileSync(file, text);
  expect(readRules(file)).toEqual(["a=(?<a>\\d)", "b=(?<b>\\d)"]);
});

test.each<[string, string | undefined, string, string]>([
  ["a file that is not there", undefined, "FILE_UNREADABLE", "cannot be read as rules: there is no such file"],
  ["text", "a=(?<a>\\d)", "FILE_UNREADABLE", "not valid JSON"],
  ["null", "null", "FILE_UNREADABLE", "does not hold rules"],
  ["an object without rules", '{"metric": "x"}', "FILE_UNREADABLE", "does not hold rules"],
  ["a list of numbers", "[1]", "FILE_UNREADABLE", "does not hold rules"],
  ["a regex that is wrong", '["(?<a>x)", "(?<b>x"]', "METRIC_REGEX_INVALID", "rule 2: "],
  [
    "a regex with backslashes that is wrong, as it was written",
    '["loss (?<loss>\\\\d+"]',
    "METRIC_REGEX_INVALID",
    '"loss (?<loss>\\d+" is not a regex',
  ],
  ["a regex without a metric", '["x"]', "METRIC_REGEX_INVALID", "rule 1: "],
])("%s is refused, with its name", (_, text, code, message) => {
  if (text !== undefined) writeFileSync(file, text);
  expect(() => readRules(file)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  expect(() => readRules(file)).toThrow(file);
});
