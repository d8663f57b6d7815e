import { createContext, Script } from "node:vm";
import { PlatformError } from "../../error.js";

/** Text in which an expression that repeats one thing at most is found soon enough, whatever both are, in UTF-16 units. */
const SHORT_TEXT = 4096;

/** Time for one search with any other expression, in milliseconds. */
const SEARCH_MS = 100;

/**
 * Makes a search with a regular expression of a client: one that takes exponential time does not hold up the platform.
 *
 * @param pattern - a valid expression, read with the flag `u`
 * @returns tells whether a text matches somewhere; throws PlatformError `bad_request` when it cannot tell within a tenth of a second
 */
export function boundedSearch(pattern: string): (text: string) => boolean {
  const expression = new RegExp(pattern, "u");
  const repeats = pattern.replaceAll(/\\./g, "").match(/[*+{]/g)?.length ?? 0;
  const context = createContext({ expression, text: "" });
  const script = new Script("expression.test(text)");
  return (text) => {
    if (repeats === 0 || (repeats === 1 && text.length <= SHORT_TEXT)) return expression.test(text);
    context["text"] = text;
    try {
      return script.runInContext(context, { timeout: SEARCH_MS }) === true;
    } catch (error) {
      // It is an `Error` of the context, not of ours.
      if ((error as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      throw new PlatformError("bad_request", `The regular expression ${pattern} takes too long to search a text: use a simpler one.`);
    }
  };
}
