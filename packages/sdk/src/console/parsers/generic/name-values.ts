import { metricName } from "../metric-name.js";
import type { Phase } from "../parser.js";
import { phaseOfName, phaseOfSet, phaseOfWord, withPhaseInFront } from "./phase.js";
import type { Pair, Reading } from "./reading.js";
import { kindOf } from "./words.js";

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
  const lead = leadingPhase(reading);
  return reading.pairs.map((pair) => {
    const front = reading.isRound && pair.link === ":" ? pair.key.replace(/^([^-\s]+)-(?=[a-zA-Z])/, "$1/") : pair.key;
    const isTwin = front.startsWith("val_") && reading.pairs.some(({ key }) => key === front.slice(4));
    const own = pair.isQuoted || isTwin ? front : withPhaseInFront(front);
    const bare = metricName(own);
    const isOfLead = lead !== undefined && (kindOf(bare) === "strong" || (kindOf(bare) === "unknown" && !pair.isInteger));
    const section = pair.section ?? (isOfLead ? lead : undefined);
    const name = section === undefined || startsWithPhase(own) ? bare : `${metricName(section)}/${bare}`;
    return { name, bare, pair, phase: phaseOf(name, pair, reading) };
  });
}

/** `train Loss: 0.5 Acc: 0.9`: the phase that the line begins with, where it is the only one. */
function leadingPhase({ pairs: [first, ...others] }: Reading): string | undefined {
  if (first?.isLeading !== true || others.length === 0) return undefined;
  const phase = /^(\S+) /.exec(first.key)?.[1];
  if (phase === undefined || phaseOfWord(phase) === undefined || withPhaseInFront(first.key) === first.key) return undefined;
  return others.every(({ key, section }) => section === undefined && !hasPhase(key)) ? phase : undefined;
}

/** `new node val auc` has one as well. */
function hasPhase(key: string): boolean {
  return phaseOfName(metricName(key)) !== undefined || key.split(/\s+/).some((word) => phaseOfWord(word) !== undefined);
}

function phaseOf(name: string, pair: Pair, reading: Reading): Phase | undefined {
  const section = pair.section
    ?.split("/")
    .map(phaseOfSet)
    .find((phase) => phase !== undefined);
  // A class of a validation may be called `train`.
  const own = reading.phase !== undefined && phaseOfWord(name) !== undefined ? undefined : phaseOfName(name);
  return own ?? section ?? reading.phase;
}

function startsWithPhase(key: string): boolean {
  const slash = key.indexOf("/");
  return slash > 0 && phaseOfSet(key.slice(0, slash)) !== undefined;
}
