import { readFileSync } from "node:fs";
import { createCustomParser } from "../console/parsers/custom/parser.js";
import { AvaError } from "../place/error.js";

/**
 * Reads a file of `--rules`: JSON, a list of regexes as `--metric` takes them, or an object that has it as `rules`.
 *
 * @param file - path
 * @returns the regexes, in their order
 * @throws AvaError FILE_UNREADABLE; METRIC_REGEX_INVALID, with the number of the rule
 */
export function readRules(file: string): string[] {
  const rules = listIn(parse(file));
  if (rules === undefined)
    throw new AvaError("FILE_UNREADABLE", `${file} does not hold rules: write a list of regexes, like ["loss (?<loss>\\\\S+)"]`);
  for (const [index, rule] of rules.entries()) {
    try {
      createCustomParser(rule, { referenceTimeMs: 0 });
    } catch (cause) {
      throw new AvaError("METRIC_REGEX_INVALID", `${file}, rule ${index + 1}: ${(cause as Error).message}`, { cause });
    }
  }
  return rules;
}

function listIn(json: unknown): string[] | undefined {
  const list = Array.isArray(json) ? json : (json as { rules?: unknown } | null)?.rules;
  return Array.isArray(list) && list.every((rule) => typeof rule === "string") ? list : undefined;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : code === undefined ? `it is not valid JSON: ${message}` : message;
    throw new AvaError("FILE_UNREADABLE", `${file} cannot be read as rules: ${why}`, { cause });
  }
}
