import { LIMITS } from "../limits.js";
import { whyNotName } from "./text.js";

const isText = (value: unknown): boolean => typeof value === "string";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** What the known fields of a model must be, where they are given; others are kept as they are. */
const FIELDS: Readonly<Record<string, [holds: (value: unknown) => boolean, expected: string]>> = {
  type: [isText, "text"],
  file: [isText, "text"],
  key: [isText, "text"],
  hash: [isText, "text"],
  bytes: [isCount, "a number of bytes"],
  specVersion: [isText, "text"],
  params: [isObject, "a JSON object"],
  trainingRef: [isObject, "a JSON object"],
};

/**
 * Says why a model cannot be registered.
 *
 * @param spec - what a client wants to register
 * @returns the reason, as a sentence without its end; `undefined` when it can
 */
export function whyNotModel(spec: Readonly<Record<string, unknown>>): string | undefined {
  const whyName = whyNotName(spec["name"], LIMITS.modelNameChars);
  if (whyName !== undefined) return `the name of the model ${whyName}`;
  const whyVersion = isAbsent(spec["version"]) ? undefined : whyNotName(spec["version"], LIMITS.modelVersionChars);
  if (whyVersion !== undefined) return `the version of the model ${whyVersion}`;
  for (const [field, [holds, expected]] of Object.entries(FIELDS)) {
    if (!isAbsent(spec[field]) && !holds(spec[field])) return `"${field}" of a model must be ${expected}`;
  }
  const instance = isObject(spec["trainingRef"]) ? spec["trainingRef"]["instanceID"] : undefined;
  return isAbsent(instance) || isText(instance) ? undefined : '"trainingRef.instanceID" of a model must be text';
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
