import type { Instance } from "../embedded/instance/instance.js";
import type { Series } from "../embedded/series/series.js";

/** What one accepted request changed. */
export interface Change {
  instance: Instance;
  hasFacts: boolean;
  series: ReadonlySet<Series>;
  hasLog: boolean;
  /** Points taken. */
  points: number;
  /** Why a part of the request was left out: only of one that an older platform accepted and logged. */
  leftOut?: string;
}
