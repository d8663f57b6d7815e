import type { Evaluation, Model } from "../contract/model.js";
import type { SavedView } from "../contract/saved-view.js";
import type { Revision } from "../contract/training.js";
import type { Series } from "../held/series.js";
import type { DeletedView, KeptTraining } from "../state/target.js";
import type { StoredInstance } from "./instance-state.js";

/** Tables whose rows are counted, so that one that is gone is noticed. */
export type Counted = "instances" | "models" | "evaluations" | "views" | "trainings" | "revisions";

/** What a checkpoint has to store; series know it themselves. */
export interface Changed {
  instances: Set<StoredInstance>;
  models: Set<Model>;
  evaluations: Set<Evaluation>;
  views: Set<SavedView | DeletedView>;
  trainings: Set<KeptTraining>;
  revisions: Set<Revision>;
  /** Series that are no longer there. */
  removed: Set<Series>;
}

/** @returns no change */
export function noChange(): Changed {
  return {
    instances: new Set(),
    models: new Set(),
    evaluations: new Set(),
    views: new Set(),
    trainings: new Set(),
    revisions: new Set(),
    removed: new Set(),
  };
}
