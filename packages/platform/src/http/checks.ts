import { type InstanceFacts, pickFacts, whyNotInstanceId, whyNotModel, whyNotName, whyNotTrainingName, whyTooDeep } from "ava-protocol";
import { PlatformError } from "../error.js";

/**
 * @param id - id of an instance that a client chose
 * @throws PlatformError `bad_request`
 */
export function checkId(id: string): void {
  refuseIf(whyNotInstanceId(id));
}

/**
 * @param name - name of a training from a path
 * @throws PlatformError `bad_request`
 */
export function checkTraining(name: string): void {
  refuseIf(whyNotTrainingName(name));
}

/**
 * @param name - any other name that a client chose
 * @param what - what it names, for the message
 * @param maxChars - most code points
 * @throws PlatformError `bad_request`
 */
export function checkName(name: unknown, what: string, maxChars: number): void {
  const why = whyNotName(name, maxChars);
  refuseIf(why === undefined ? undefined : `the ${what} ${why}`);
}

/**
 * @param spec - a model that a client registers
 * @throws PlatformError `bad_request`
 */
export function checkModel(spec: Readonly<Record<string, unknown>>): void {
  refuseIf(whyNotModel(spec));
}

/**
 * @param body - parsed JSON of a request
 * @throws PlatformError `bad_request` for one that is nested too deep to be kept or answered
 */
export function checkDepth(body: unknown): void {
  refuseIf(whyTooDeep(body));
}

/**
 * A schema does not look at numbers like 1e400: it has neither their least nor their greatest.
 *
 * @param query - as the schema's types have made it
 * @throws PlatformError `bad_request`
 */
export function checkFinite(query: unknown): void {
  const [name] = Object.entries(query ?? {}).find(([, value]) => typeof value === "number" && !Number.isFinite(value)) ?? [];
  refuseIf(name === undefined ? undefined : `${name} must be a finite number`);
}

/**
 * @param body - what a client sent
 * @returns the known facts in it
 * @throws PlatformError `bad_request` when one of them is wrong
 */
export function factsOf(body: Readonly<Record<string, unknown>>): InstanceFacts {
  const { facts, refused } = pickFacts(body);
  refuseIf(refused.length === 0 ? undefined : refused.join("; "));
  return facts;
}

/**
 * @param why - what is wrong, as a sentence without its end
 * @throws PlatformError `bad_request` where something is
 */
export function refuseIf(why: string | undefined): void {
  if (why !== undefined) throw new PlatformError("bad_request", `${why[0]!.toUpperCase()}${why.slice(1)}.`);
}
