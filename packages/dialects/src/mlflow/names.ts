import { DEFAULT_TRAINING } from "ava-protocol";
import { trainingName } from "../names.js";
import { print64 } from "../print.js";

/** Name of this dialect, and of the member of the params in which a run keeps what MLflow alone has. */
export const MLFLOW = "mlflow";
/** The experiment that is always there. */
export const DEFAULT_EXPERIMENT: { readonly id: string; readonly name: string } = { id: "0", name: "Default" };

/**
 * The id of a run for MLflow, whose clients take letters, digits, `_` and `-`: the id of the instance, other characters as `_` and two hexadecimal digits.
 *
 * @param instanceId - id of the instance
 */
export function toRunId(instanceId: string): string {
  return instanceId.replaceAll(/[^A-Za-z0-9-]/g, (char) => `_${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** @param runId - as MLflow has it @returns the id of the instance */
export function toInstanceId(runId: string): string {
  return runId.replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The id of an experiment, made of its name so that it is the same everywhere: 18 digits, `0` for `Default`. @param name - of the experiment */
export function experimentId(name: string): string {
  if (name === DEFAULT_EXPERIMENT.name) return DEFAULT_EXPERIMENT.id;
  return String((print64(name) % 900_000_000_000_000_000n) + 100_000_000_000_000_000n);
}

/** The training of an experiment. @param experiment - its name */
export function trainingOf(experiment: string): string {
  return experiment === DEFAULT_EXPERIMENT.name ? DEFAULT_TRAINING : trainingName(experiment);
}

const ADJECTIVES = [
  "bright",
  "calm",
  "clear",
  "deep",
  "early",
  "fair",
  "fresh",
  "gentle",
  "lucid",
  "quick",
  "quiet",
  "steady",
  "swift",
  "warm",
];
const NOUNS = ["brook", "cedar", "cloud", "dune", "field", "harbor", "lake", "meadow", "moon", "pine", "reef", "ridge", "river", "stone"];

/** A name for a run without one. @param runId - of the run */
export function madeUpName(runId: string): string {
  const number = Number(print64(runId) % 1_000_000n);
  const pick = (words: readonly string[], by: number) => words[by % words.length] as string;
  return `${pick(ADJECTIVES, number)}-${pick(NOUNS, Math.floor(number / 14))}-${number % 1000}`;
}
