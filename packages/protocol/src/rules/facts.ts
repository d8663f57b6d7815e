import { parseJsonText } from "../json-text/parse.js";
import { writeJsonText } from "../json-text/write.js";
import { LIMITS } from "../limits.js";
import type { ClientFacts, EndCause, GitFacts, InstanceFacts } from "../wire/instance.js";
import { whyTooDeep } from "./json.js";
import { whyNotDisplayName, whyNotTag, whyNotTrainingName } from "./names.js";

/** What became of facts that were sent. */
export interface PickedFacts {
  /** Those that are right. */
  facts: InstanceFacts;
  /** What is wrong with each of the others, as sentences without their end. */
  refused: string[];
}

type Check = (value: unknown) => boolean;

interface Rule {
  holds: Check;
  expected: string;
}

const isText: Check = (value) => typeof value === "string";
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const TEXT: Rule = { holds: isText, expected: "text" };
const BOOLEAN: Rule = { holds: (value) => typeof value === "boolean", expected: "true or false" };
const INTEGER: Rule = { holds: Number.isSafeInteger, expected: "an integer" };
const NUMBER: Rule = { holds: Number.isFinite, expected: "a number" };
const OBJECT: Rule = { holds: isObject, expected: "a JSON object" };
const TEXTS: Rule = { holds: (value) => Array.isArray(value) && value.every(isText), expected: "an array of texts" };
const TEXT_OF_NAME: Rule = { holds: (value) => isObject(value) && Object.values(value).every(isText), expected: "an object of texts" };
const LINES: Rule = {
  holds: (value) => isObject(value) && Object.values(value).every(Number.isSafeInteger),
  expected: "an object of integers",
};
const TIME: Rule = { holds: isTime, expected: "an RFC 3339 time" };
const STATES: readonly unknown[] = ["running", "done", "failed"] satisfies InstanceFacts["state"][];

/** Far more than a time needs. */
const MOST_TIME_CHARS = 64;

/** Each fact with what its value must be; other fields are left out. */
const FACTS: Record<keyof InstanceFacts, Rule> = {
  training: { holds: (value) => whyNotTrainingName(value) === undefined, expected: "a training name" },
  name: {
    holds: (value) => whyNotDisplayName(value) === undefined,
    expected: `a display name of 1 to ${LIMITS.displayNameChars} characters`,
  },
  tags: { holds: areTags, expected: `an array of up to ${LIMITS.tagsPerInstance} tags of 1 to ${LIMITS.tagChars} characters, each once` },
  note: {
    holds: (value) => typeof value === "string" && value.length <= LIMITS.noteUnits,
    expected: `text of up to ${LIMITS.noteUnits} UTF-16 units`,
  },
  state: { holds: (value) => STATES.includes(value), expected: '"running", "done" or "failed"' },
  params: OBJECT,
  paramsText: { holds: isObjectText, expected: "the text of a JSON object" },
  paramsRevision: { holds: (value) => Number.isSafeInteger(value) && (value as number) >= 1, expected: "an integer from 1 on" },
  paramsFrom: { holds: (value) => value === "workspace" || value === "training", expected: '"workspace" or "training"' },
  paramsBaseSum: { holds: (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value), expected: "a SHA-256 in hexadecimal" },
  startTime: TIME,
  stopTime: TIME,
  end: OBJECT,
  command: TEXTS,
  workingFolder: TEXT,
  host: TEXT,
  pid: INTEGER,
  batchOfEpoch: NUMBER,
  mainInstance: TEXT,
  furtherInstances: {
    holds: (value) => TEXTS.holds(value) && (value as string[]).length <= LIMITS.furtherInstances,
    expected: `an array of up to ${LIMITS.furtherInstances} texts`,
  },
  client: OBJECT,
  git: OBJECT,
  runtime: TEXT_OF_NAME,
  packages: TEXT_OF_NAME,
  os: TEXT,
  cpus: NUMBER,
  memoryBytes: NUMBER,
  gpus: TEXTS,
};

const END: Record<keyof EndCause, Rule> = { exitCode: INTEGER, signal: TEXT, message: TEXT, stoppedBy: TEXT };

const GIT: Record<keyof GitFacts, Rule> = { commit: TEXT, branch: TEXT, isDirty: BOOLEAN, diff: TEXT, isDiffTruncated: BOOLEAN };

const CLIENT: Record<keyof ClientFacts, Rule> = {
  dialect: TEXT,
  run: TEXT,
  next: LINES,
  lastLines: TEXT,
  passedOver: LINES,
  isHidden: BOOLEAN,
};

/** Facts that are objects with known fields of their own. */
const PARTS: Readonly<Record<string, Readonly<Record<string, Rule>>>> = { end: END, git: GIT, client: CLIENT };

/**
 * Takes the known facts out of a JSON object. `null` is the same as an absent fact; `params` become `paramsText`.
 *
 * @param value - what a client sent or a writer recorded
 * @returns the facts that are right, and what is wrong with the others
 */
export function pickFacts(value: Readonly<Record<string, unknown>>): PickedFacts {
  const refused: string[] = [];
  const { params, ...facts } = pick(value, FACTS, "", refused) as InstanceFacts;
  if (params !== undefined) facts.paramsText ??= writeJsonText(params);
  return { facts, refused };
}

/** @returns whether a text is a time; some clients of old write it without its zone */
function isTime(value: unknown): boolean {
  return typeof value === "string" && value.length <= MOST_TIME_CHARS && !Number.isNaN(Date.parse(value));
}

function areTags(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > LIMITS.tagsPerInstance) return false;
  return new Set(value).size === value.length && value.every((tag) => whyNotTag(tag) === undefined);
}

/** @returns whether a text is JSON, as Python's `json` module writes it, of an object */
function isObjectText(value: unknown): boolean {
  try {
    return typeof value === "string" && parseJsonText(value).kind === "object";
  } catch {
    return false;
  }
}

function pick(
  value: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
  prefix: string,
  refused: string[],
): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const [name, { holds, expected }] of Object.entries(rules)) {
    const fact = value[name];
    if (fact === undefined || fact === null) continue;
    const part = prefix === "" ? PARTS[name] : undefined;
    const tooDeep = part === undefined ? whyTooDeep(fact) : undefined;
    if (!holds(fact)) refused.push(`the fact "${prefix}${name}" must be ${expected}`);
    else if (tooDeep !== undefined) refused.push(`the fact "${prefix}${name}" is refused: ${tooDeep}`);
    else picked[name] = part === undefined ? fact : pick(fact as Record<string, unknown>, part, `${name}.`, refused);
  }
  return picked;
}
