import type { Unit } from "../words/format-number.js";

/** The part of a training that a metric tells of, as far as its name says so. */
export type Phase = "train" | "val" | "test";

/** A metric's name taken apart: `val/acc/top5` is `acc/top5` of phase `val`. */
export interface MetricName {
  base: string;
  phase: Phase | undefined;
}

const PHASE_WORDS: Readonly<Record<string, Phase>> = {
  train: "train",
  training: "train",
  val: "val",
  valid: "val",
  validation: "val",
  eval: "val",
  test: "test",
  testing: "test",
};

/**
 * Finds the phase in a metric's name: as a folder anywhere (`train/loss`, `loss/val`) or as the first or last word of its last part
 * (`val_loss`, `loss-test`). A name that is nothing but a phase keeps it as its base.
 *
 * @param name - the full name of a series
 * @returns base name, by which charts are shared, and phase
 */
export function splitMetricName(name: string): MetricName {
  const parts = name.split("/");
  for (let i = 0; i < parts.length && parts.length > 1; i++) {
    const phase = phaseOf(parts[i]!);
    if (phase !== undefined) return { base: parts.toSpliced(i, 1).join("/"), phase };
  }
  const last = parts.at(-1)!;
  const words = /^([A-Za-z]+)([_.-])(.+)$/.exec(last);
  const firstPhase = words === null ? undefined : phaseOf(words[1]!);
  if (firstPhase !== undefined) return { base: [...parts.slice(0, -1), words![3]!].join("/"), phase: firstPhase };
  const tail = /^(.+)([_.-])([A-Za-z]+)$/.exec(last);
  const lastPhase = tail === null ? undefined : phaseOf(tail[3]!);
  if (lastPhase !== undefined) return { base: [...parts.slice(0, -1), tail![1]!].join("/"), phase: lastPhase };
  return { base: name, phase: undefined };
}

/**
 * @param name - of a series or chart
 * @returns what its values count, as far as its name says so
 */
export function metricUnit(name: string): Unit {
  return /(^|[_/.-])bytes(_per_s)?$/i.test(name) ? "bytes" : undefined;
}

function phaseOf(word: string): Phase | undefined {
  return Object.hasOwn(PHASE_WORDS, word.toLowerCase()) ? PHASE_WORDS[word.toLowerCase()] : undefined;
}
