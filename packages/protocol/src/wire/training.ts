/** A training with counts of its instances. */
export interface TrainingSummary {
  name: string;
  /** What people read in its place. */
  displayName?: string;
  /** The newest revision of its params; absent where it has none. */
  paramsRevision?: number;
  instances: number;
  running: number;
  lastStartTime?: string;
}

/** What a client may say of a training; absent fields stay, an empty text removes one. */
export interface TrainingFacts {
  /** Need not be unique. */
  displayName?: string;
  /** What a person wrote about it. */
  note?: string;
  /** Days after which runs that were not heard any more are deleted; 0 for never. */
  retentionDays?: number;
}

/** Rules of a training: runs of it read their output with them, as with those of `--metric`. */
export interface TrainingRules {
  training: string;
  /** Regexes; empty where there are none. */
  rules: string[];
}

/** Everything about one training but its params. */
export interface TrainingDetail extends TrainingSummary {
  note?: string;
  /** Days after which runs that were not heard any more are deleted; absent for never. */
  retentionDays?: number;
  /** RFC 3339; absent for one that only its instances name. */
  createdTime?: string;
}

/** One revision in the list of a training's params. */
export interface ParamsRevision {
  /** Counts from 1. */
  revision: number;
  /** RFC 3339. */
  createdTime: string;
  /** Why it was made. */
  note?: string;
}

/** Params that runs of a training receive. */
export interface TrainingParams extends ParamsRevision {
  training: string;
  /** Numbers that are not finite are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`. */
  params: Record<string, unknown>;
  /** The same, as it was written, digit for digit. */
  paramsText: string;
}
