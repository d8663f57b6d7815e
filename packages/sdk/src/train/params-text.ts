import { LIMITS, parseJsonText, writeJsonText } from "ava-protocol";

/** As text within JSON they have to fit the facts of a run. */
const MOST_CHARS = LIMITS.factsBytes / 2;

/**
 * Writes the params that a program gives, of any type.
 *
 * @param params - should be an object
 * @param warn - told what is left out
 * @returns JSON text of them; of an empty object where they are something else
 */
export function toParamsText(params: unknown, warn: (message: string) => void): string {
  const text = writeJsonText(params, MOST_CHARS, () =>
    warn(`params of more than ${MOST_CHARS} characters: what is behind that is left out`),
  );
  if (parseJsonText(text).kind === "object") return text;
  warn("params are passed over: they must be an object, like { lr: 0.01 }");
  return "{}";
}
