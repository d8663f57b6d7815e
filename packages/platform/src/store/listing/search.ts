import { createContext, Script } from "node:vm";
import { PlatformError } from "../../error.js";

/** Text in which an expression that repeats one thing at most is found soon enough, whatever both are, in UTF-16 units. */
const SHORT_TEXT = 4096;

/** Time for one search with any other expression, in milliseconds. */
const SEARCH_MS = 100;

/** How often a search is begun that ran out of time while other programs had the processor. */
const MAX_TRIES = 5;

/** A search that takes no longer than this is a quick one, in milliseconds: three times what the call takes. */
const QUICK_MS = 0.1;

/** Time for all slow searches of a list with one expression, in milliseconds. */
const SLOW_SEARCHES_MS = 5000;

/**
 * Makes a search with a regular expression of a client: one that takes exponential time does not hold up the platform.
 *
 * @param pattern - a valid expression, read with the flag `u`
 * @param slowMs - for all searches that are not quick, in milliseconds
 * @returns tells whether a text matches somewhere; throws PlatformError `bad_request` when it cannot tell within a tenth of a second, or slow searches have taken too long together
 */
export function boundedSearch(pattern: string, slowMs: number = SLOW_SEARCHES_MS): (text: string) => boolean {
  const expression = new RegExp(pattern, "u");
  const repeats = pattern.replaceAll(/\\./g, "").match(/[*+{]/g)?.length ?? 0;
  const context = createContext({ expression, text: "" });
  const script = new Script("expression.test(text)");
  let leftMs = slowMs;
  return (text) => {
    if (repeats === 0 || (repeats === 1 && text.length <= SHORT_TEXT)) return expression.test(text);
    if (leftMs <= 0)
      throw new PlatformError(
        "bad_request",
        `The regular expression ${pattern} takes too long to search all runs: use a simpler one, or let other terms stand before it.`,
      );
    context["text"] = text;
    for (let tries = 1; ; tries++) {
      const startMs = performance.now();
      const before = process.cpuUsage();
      // The clock goes on while other programs have their turn, and other threads take processor time, too.
      const tookMs = (): number => Math.min(process.cpuUsage(before).user / 1000, performance.now() - startMs);
      try {
        return script.runInContext(context, { timeout: SEARCH_MS }) === true;
      } catch (error) {
        // It is an `Error` of the context, not of ours.
        if ((error as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
        if (tookMs() < SEARCH_MS / 2 && tries < MAX_TRIES) continue;
        throw new PlatformError("bad_request", `The regular expression ${pattern} takes too long to search a text: use a simpler one.`);
      } finally {
        if (tookMs() > QUICK_MS) leftMs -= tookMs();
      }
    }
  };
}
