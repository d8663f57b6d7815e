/** A measured number. */
export interface Figure {
  label: string;
  value: number;
  unit: string;
}

/** How two figures of one trial relate; the goal is the least that is good enough. */
export interface Ratio {
  label: string;
  value: number;
  goal: number;
}

/** What one run of a trial measured. */
export interface TrialResult {
  figures: Figure[];
  ratios: Ratio[];
}

/** Something to measure. Absolute numbers say little on a shared machine: what counts are ratios within one run. */
export interface Trial {
  name: string;
  /** Measures once; called several times, in turn with the other trials. */
  run(): Promise<TrialResult>;
}
