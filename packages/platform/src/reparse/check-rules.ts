import { LIMITS } from "ava-protocol";
import { AvaError, checkReread } from "ava-sdk/reread";
import { PlatformError } from "../error.js";

/**
 * @param rules - regexes as of `--metric`
 * @param parser - beside them; without one, there has to be a rule
 * @throws PlatformError `bad_request`, `limit_exceeded`
 */
export function checkRules(rules: readonly string[], parser: string | undefined): void {
  const long = rules.find((rule) => rule.length > LIMITS.ruleChars);
  if (rules.length > LIMITS.rulesPerReparse || long !== undefined) {
    const what =
      long === undefined ? `${LIMITS.rulesPerReparse} rules (rulesPerReparse)` : `${LIMITS.ruleChars} characters (ruleChars) in a rule`;
    throw new PlatformError("limit_exceeded", `There are more than ${what}.`);
  }
  try {
    checkReread(rules, parser);
  } catch (error) {
    if (!(error instanceof AvaError)) throw error;
    // Where the place is marked, the mark ends the message.
    throw new PlatformError("bad_request", error.message.includes("\n") ? error.message : `${error.message}.`, { cause: error });
  }
}
