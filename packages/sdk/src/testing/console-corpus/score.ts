import type { Metric } from "../../console/parsers/parser.js";

/** A metric that a complete parser reads; numbers that JSON has not are words. */
export interface Expected {
  name: string;
  value: number | string;
  step?: number;
  epoch?: number;
  batch?: number;
  total?: number;
  phase?: string;
  line: number;
  optional?: boolean;
}

/** How well what was read fits what was expected. */
export interface Score {
  required: number;
  /** Of those, found. */
  found: number;
  /** Read, and expected or allowed. */
  right: number;
  /** Read, and neither. */
  wrong: Metric[];
  missed: Expected[];
  /** Counters and phases that matched entries state, and those of them that were read alike. */
  counters: number;
  countersRight: number;
  /** Matched entries with a counter that is not as stated, beside what was read. */
  miscounted: [Expected, Metric][];
}

const COUNTERS = ["step", "epoch", "batch", "total", "phase"] as const;

/**
 * Compares what a parser read with what the corpus lists: line, name and value (relative 1e-9) have to agree, each entry counts once.
 *
 * @param metrics - what was read
 * @param expected - what the corpus lists for the same text
 * @returns the counts
 */
export function score(metrics: readonly Metric[], expected: readonly Expected[]): Score {
  const open = new Map<string, Expected[]>();
  for (const entry of expected) {
    const key = `${entry.line} ${entry.name}`;
    const entries = open.get(key);
    if (entries) entries.push(entry);
    else open.set(key, [entry]);
  }
  const required = expected.filter(({ optional }) => optional !== true);
  const result: Score = {
    required: required.length,
    found: 0,
    right: 0,
    wrong: [],
    missed: [],
    counters: 0,
    countersRight: 0,
    miscounted: [],
  };
  const matched = new Set<Expected>();
  for (const metric of metrics) {
    const candidates = (open.get(`${metric.line} ${metric.name}`) ?? []).filter(
      (entry) => !matched.has(entry) && isSame(metric.value, Number(entry.value)),
    );
    const best = candidates.sort((a, b) => rank(b, metric) - rank(a, metric))[0];
    if (best === undefined) {
      if (!isRate(metric.name)) result.wrong.push(metric);
      continue;
    }
    matched.add(best);
    result.right += 1;
    if (best.optional !== true) result.found += 1;
    const stated = COUNTERS.filter((counter) => best[counter] !== undefined);
    result.counters += stated.length;
    const right = agreeing(best, metric);
    result.countersRight += right;
    if (right < stated.length) result.miscounted.push([best, metric]);
  }
  result.missed = required.filter((entry) => !matched.has(entry));
  return result;
}

/** A rate without a key is not expected and not wrong. */
function isRate(name: string): boolean {
  return /^[a-z]+\/[a-z]+$/.test(name) && !/^(?:train|training|val|valid|validation|test|eval|dev)\//.test(name);
}

function isSame(value: number, expected: number): boolean {
  if (Object.is(value, expected) || value === expected) return true;
  return Math.abs(value - expected) <= 1e-9 * Math.max(Math.abs(value), Math.abs(expected));
}

function agreeing(entry: Expected, metric: Metric): number {
  return COUNTERS.filter((counter) => entry[counter] !== undefined && entry[counter] === metric[counter]).length;
}

/** Of entries with the same value, the one whose counters agree; of those, one that must be found. */
function rank(entry: Expected, metric: Metric): number {
  return agreeing(entry, metric) * 2 + (entry.optional === true ? 0 : 1);
}
