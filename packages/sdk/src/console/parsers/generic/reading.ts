import type { Phase } from "../parser.js";
import type { CounterRole } from "./counter-word.js";
import type { Link } from "./key-before.js";
import type { Located } from "./located.js";

/** A value with its key, as a line prints them. */
export interface Pair extends Located {
  key: string;
  link: Link;
  average: Located | undefined;
  deviation: Located | undefined;
  further: readonly Located[];
  unit: string;
  isInteger: boolean;
  isQuoted: boolean;
  /** It was another value before, which is printed in front of it (`0.5 -> 0.4`). */
  isChange: boolean;
  /** The line begins with it. */
  isLeading: boolean;
  /** Phase or data set that was printed before it, apart from the key. */
  section: string | undefined;
}

/** A counter as printed. */
export interface Counted extends Located {
  of: Located | undefined;
}

/** Counters of a line. */
export type CountedRoles = { [role in CounterRole]?: Counted | undefined };

/** What one line says before it is judged. */
export interface Reading {
  pairs: Pair[];
  counters: CountedRoles;
  /** How sure the counters are: named ones, mere positions (`[3]`, `3/10`), none. */
  evidence: "named" | "bare" | "none";
  /** Phase that the line tells without being part of a name. */
  phase: Phase | undefined;
  /** Phase word of the line that stands in front of names. */
  section: string | undefined;
  /** `[0]` at the start, as boosting rounds are printed. */
  isRound: boolean;
  /** The line begins with what sums up the lines before (`Averaged stats:`). */
  isSummary: boolean;
  /** Indexes of the digits that became part of a section (`Region 3 Avg IOU: 0.1`), and of fractions of counters (`global_step=99.00`). */
  sectionDigits: number[];
  /** What was made of a number depends on its digits: `global_step=1e3` counts, `1e-3` would not. */
  isOfDigits: boolean;
  /** Text behind the last number. */
  rest: string;
}

/** @param located - value and place @param key - as printed @returns the pair, with nothing beside it and a value with a point */
export function plainPair(located: Located, key: string): Pair {
  return {
    ...located,
    key,
    link: "=",
    average: undefined,
    deviation: undefined,
    further: [],
    unit: "",
    isInteger: false,
    isQuoted: false,
    isChange: false,
    isLeading: false,
    section: undefined,
  };
}

/** @returns a reading without anything */
export function emptyReading(): Reading {
  return {
    pairs: [],
    counters: {},
    evidence: "none",
    phase: undefined,
    section: undefined,
    isRound: false,
    isSummary: false,
    sectionDigits: [],
    isOfDigits: false,
    rest: "",
  };
}
