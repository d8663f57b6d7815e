import { parseJsonText } from "../json-text/parse.js";
import { LIMITS } from "../limits.js";
import { whyNotDisplayName } from "./names.js";
import { LONE_SURROGATE } from "./text.js";

/**
 * @param name - display name of a training, of any type; an empty text stands for none
 * @returns why it cannot be one, as a sentence without its end; `undefined` when it can
 */
export function whyNotTrainingDisplayName(name: unknown): string | undefined {
  return name === "" ? undefined : whyNotDisplayName(name);
}

/**
 * @param note - of a training or a revision of params, of any type
 * @returns why it cannot be one, as a sentence without its end; `undefined` when it can
 */
export function whyNotNote(note: unknown): string | undefined {
  if (typeof note === "string" && note.length <= LIMITS.noteUnits) return whyNotWhole(note, "a note");
  return `a note is text of up to ${LIMITS.noteUnits} UTF-16 units (limit noteUnits)`;
}

/**
 * @param text - params of a training as a person wrote them
 * @returns why they cannot be, as a sentence without its end that names the place; `undefined` when they can
 */
export function whyNotParamsText(text: string): string | undefined {
  const { paramsTextUnits } = LIMITS;
  if (text.length > paramsTextUnits) return `params have up to ${paramsTextUnits} UTF-16 units (limit paramsTextUnits)`;
  try {
    const root = parseJsonText(text);
    if (root.kind !== "object") return "params are a JSON object: they begin with {";
  } catch (error) {
    return `these params are not JSON: ${(error as Error).message}`;
  }
  return whyNotWhole(text, "the text of params");
}

function whyNotWhole(text: string, what: string): string | undefined {
  return LONE_SURROGATE.test(text) ? `${what} has half a character (a lone surrogate): write it as an escape, or leave it out` : undefined;
}
