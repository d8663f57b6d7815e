import { type EndCause, type GitFacts, ID_PATTERN, type InstanceFacts } from "ava-protocol";

const STATES: ReadonlySet<unknown> = new Set(["running", "done", "failed"]);

type Check = (value: unknown) => boolean;

const isBoolean: Check = (value) => typeof value === "boolean";
const isText: Check = (value) => typeof value === "string";
const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isListOfText: Check = (value) => Array.isArray(value) && value.every(isText);
const isObjectOfText: Check = (value) => isObject(value) && Object.values(value as object).every(isText);
const isTime: Check = (value) => isText(value) && !Number.isNaN(Date.parse(value as string));

/** Each fact with what its value must be; other fields are left out. */
const FACTS: Record<keyof InstanceFacts, { holds: Check; expected: string }> = {
  training: { holds: (value) => isText(value) && ID_PATTERN.test(value as string), expected: "a training name" },
  state: { holds: (value) => STATES.has(value), expected: '"running", "done" or "failed"' },
  params: { holds: isObject, expected: "a JSON object" },
  startTime: { holds: isTime, expected: "an RFC 3339 time" },
  stopTime: { holds: isTime, expected: "an RFC 3339 time" },
  end: { holds: isObject, expected: "a JSON object" },
  command: { holds: isListOfText, expected: "an array of strings" },
  workingFolder: { holds: isText, expected: "a string" },
  host: { holds: isText, expected: "a string" },
  pid: { holds: Number.isInteger, expected: "an integer" },
  batchOfEpoch: { holds: Number.isFinite, expected: "a number" },
  git: { holds: isObject, expected: "a JSON object" },
  runtime: { holds: isObjectOfText, expected: "an object of strings" },
  packages: { holds: isObjectOfText, expected: "an object of strings" },
  os: { holds: isText, expected: "a string" },
  cpus: { holds: Number.isFinite, expected: "a number" },
  memoryBytes: { holds: Number.isFinite, expected: "a number" },
  gpus: { holds: isListOfText, expected: "an array of strings" },
};

const END: Record<keyof EndCause, Check> = {
  exitCode: Number.isInteger,
  signal: isText,
  message: isText,
  stoppedBy: isText,
};

const GIT: Record<keyof GitFacts, Check> = {
  commit: isText,
  branch: isText,
  isDirty: isBoolean,
  diff: isText,
  isDiffTruncated: isBoolean,
};

/** Facts that are objects with known fields of their own. */
const PARTS: Readonly<Record<string, Record<string, Check>>> = { end: END, git: GIT };

/**
 * Takes the known facts out of a JSON object.
 *
 * @param value - what a client sent
 * @returns facts, or a sentence about the first one that is wrong
 */
export function pickFacts(value: Record<string, unknown>): InstanceFacts | string {
  const facts: Record<string, unknown> = {};
  for (const [name, { holds, expected }] of Object.entries(FACTS)) {
    const fact = value[name];
    if (fact === undefined || fact === null) continue;
    if (!holds(fact)) return `The fact "${name}" must be ${expected}.`;
    const part = PARTS[name];
    facts[name] = part === undefined ? fact : pickFields(part, fact as Record<string, unknown>);
  }
  return facts as InstanceFacts;
}

function pickFields(checks: Record<string, Check>, value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(checks).flatMap(([name, holds]) => (holds(value[name]) ? [[name, value[name]]] : [])));
}
