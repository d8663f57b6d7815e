import { ID_PATTERN, LIMITS } from "../limits.js";
import { whyNotLine, whyNotName } from "./text.js";

/** Training of an instance for which none was named. */
export const DEFAULT_TRAINING = "default";

/**
 * @param id - id of an instance, of any type
 * @returns why it cannot be one, as a sentence without its end; `undefined` when it can
 */
export function whyNotInstanceId(id: unknown): string | undefined {
  if (typeof id === "string" && ID_PATTERN.test(id)) return undefined;
  return `${quoted(id)} is not an instance id: 1 to ${LIMITS.instanceIdChars} of A-Z a-z 0-9 . _ : @ + -, beginning with a letter or digit`;
}

/**
 * Names come from shells and files in any form of Unicode: code that takes a name from a person brings it into NFC before it asks.
 *
 * @param name - name of a training, of any type
 * @returns why it cannot be one, as a sentence without its end; `undefined` when it can
 */
export function whyNotTrainingName(name: unknown): string | undefined {
  const why = whyNotGivenName(name, LIMITS.trainingNameChars) ?? whyNotSegment(name as string);
  return why === undefined ? undefined : `the training name ${quoted(name)} ${why}`;
}

/**
 * @param name - display name of an instance, of any type; people read it, ids name the instance
 * @returns why it cannot be one, as a sentence without its end; `undefined` when it can
 */
export function whyNotDisplayName(name: unknown): string | undefined {
  const why = whyNotGivenName(name, LIMITS.displayNameChars);
  return why === undefined ? undefined : `the display name ${quoted(name)} ${why}`;
}

/**
 * @param tag - of an instance, of any type
 * @returns why it cannot be one, as a sentence without its end; `undefined` when it can
 */
export function whyNotTag(tag: unknown): string | undefined {
  const why = whyNotGivenName(tag, LIMITS.tagChars);
  return why === undefined ? undefined : `the tag ${quoted(tag)} ${why}`;
}

/** Rule for a name that a person typed and searches for: it has one form. */
function whyNotGivenName(name: unknown, maxChars: number): string | undefined {
  const why = whyNotName(name, maxChars);
  if (why !== undefined) return why;
  return name === (name as string).normalize("NFC") ? undefined : "is not in Unicode's form NFC";
}

/** Rule for a name that is a part of addresses and of storage keys. */
function whyNotSegment(name: string): string | undefined {
  if (name.includes("/")) return 'has a "/" in it';
  return name === "." || name === ".." ? "means a folder" : undefined;
}

/**
 * @param name - name of a series, of any type
 * @returns why it cannot be one, as a sentence without its end; `undefined` when it can
 */
export function whyNotSeriesName(name: unknown): string | undefined {
  const why = whyNotName(name, LIMITS.seriesNameChars);
  return why === undefined ? undefined : `the series name ${quoted(name)} ${why}`;
}

/**
 * @param labels - labels of one series together with those of its writer, of any type
 * @returns why they cannot be labels, as a sentence without its end; `undefined` when they can
 */
export function whyNotLabels(labels: unknown): string | undefined {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) return "labels are an object of texts";
  const pairs = Object.entries(labels);
  if (pairs.length > LIMITS.labelsPerSeries) return `a series has more than ${LIMITS.labelsPerSeries} labels`;
  for (const [key, value] of pairs) {
    const whyKey = whyNotName(key, LIMITS.labelKeyChars);
    if (whyKey !== undefined) return `the name of the label ${quoted(key)} ${whyKey}`;
    const whyValue = whyNotLine(value, LIMITS.labelValueChars);
    if (whyValue !== undefined) return `the value of the label ${quoted(key)} ${whyValue}`;
  }
  return undefined;
}

function quoted(text: unknown): string {
  return typeof text === "string" ? JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text) : typeof text;
}
