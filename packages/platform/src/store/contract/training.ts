import type { TrainingFacts } from "ava-protocol";

/** What people tell of a training; absent facts stay, an empty text or list removes one. */
export interface KeptTrainingFacts extends TrainingFacts {
  /** Regexes as of `--metric` that its runs read their output with. */
  rules?: readonly string[];
  /** What a client of another tracker keeps beside its runs (an experiment of MLflow), JSON texts by dialect and key: `mlflow 0`. Absent texts stay, an empty one is removed. */
  kept?: Readonly<Record<string, string>>;
}

/** What people told of a training, and how often they changed its params. */
export interface Training extends KeptTrainingFacts {
  name: string;
  createdMs: number;
  /** Number of the newest revision of its params; 0 where it has none. */
  newestRevision: number;
}

/** One text of {@link KeptTrainingFacts.kept}. */
export interface KeptText {
  training: string;
  /** Without the dialect. */
  key: string;
  text: string;
}

/** Params of a training as they were put once. */
export interface Revision {
  training: string;
  /** Counts from 1. */
  revision: number;
  createdMs: number;
  /** Text of a JSON object. */
  paramsText: string;
  /** Why it was made. */
  note?: string;
}

/** Params that are to become the newest revision. */
export interface NewParams {
  paramsText: string;
  note?: string;
  /** Number of the revision that they were made from, 0 for none: where there is a newer one, they are refused, unless it is what they have become before. */
  baseRevision?: number;
}
