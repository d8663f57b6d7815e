import { metricName } from "../metric-name.js";
import type { Phase } from "../parser.js";
import { phaseOfName, phaseOfSet, phaseOfWord, withPhaseInFront } from "./phase.js";
import type { Pair, Reading } from "./reading.js";

/** A pair under its name. */
export interface NamedValue {
  name: string;
  /** The name without the section in front. */
  bare: string;
  phase: Phase | undefined;
  pair: Pair;
}

/**
 * Names the pairs of a line as the naming rules want it (docs/formats/console-metrics.md).
 *
 * @param reading - the line
 * @returns its pairs in order
 */
export function nameValues(reading: Reading): NamedValue[] {
  return reading.pairs.map((pair) => {
    const front = reading.isRound && pair.link === ":" ? pair.key.replace(/^([^-\s]+)-(?=[a-zA-Z])/, "$1/") : pair.key;
    const own = pair.isQuoted ? front : withPhaseInFront(front);
    const bare = metricName(own);
    const name = pair.section === undefined || startsWithPhase(own) ? bare : `${metricName(pair.section)}/${bare}`;
    return { name, bare, pair, phase: phaseOf(name, pair, reading) };
  });
}

function phaseOf(name: string, pair: Pair, reading: Reading): Phase | undefined {
  const section = pair.section === undefined ? undefined : phaseOfSet(pair.section);
  // A class of a validation may be called `train`.
  const own = reading.phase !== undefined && phaseOfWord(name) !== undefined ? undefined : phaseOfName(name);
  return own ?? section ?? reading.phase;
}

function startsWithPhase(key: string): boolean {
  const slash = key.indexOf("/");
  return slash > 0 && phaseOfSet(key.slice(0, slash)) !== undefined;
}
