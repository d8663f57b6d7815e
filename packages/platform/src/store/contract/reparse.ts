import type { Labels } from "ava-protocol";

/** What a reparse is about. */
export interface ReparseHead {
  /** From 1, in the order of an instance's reparses. */
  n: number;
  /** Regexes, as of `--metric`. */
  rules: readonly string[];
  /** Parsers whose values are added, too. */
  parser?: string;
  /** Bytes of the log that were read. */
  logBytes: number;
  /** Names who adds the points, so that none of another one come between. */
  by?: string;
}

/** A reparse of an instance, as it is kept with it. */
export interface Reparse extends Omit<ReparseHead, "by"> {
  startedMs: number;
  /** `adding` until its last point is there; a platform that ended meanwhile leaves it so. */
  state: "adding" | "done" | "undone";
  /** Points in each series that it added to, in the order in which it came to them; what it added is kept in the list when it is undone. */
  series: readonly { name: string; labels: Labels; points: number }[];
}

/** What of the points of a reparse cannot be taken: too many series, a name that is too long. */
export interface ReparseAnswer {
  refusedPoints: number;
  /** Why the first of them. */
  reason?: string;
}
