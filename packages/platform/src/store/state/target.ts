import type { Labels } from "ava-protocol";
import type { Evaluation, Model } from "../contract/model.js";
import type { SavedView } from "../contract/saved-view.js";
import type { Revision, Training } from "../contract/training.js";
import type { GrowingSeries } from "../levels/series.js";
import type { Instance } from "./instance.js";

/** What a driver lets commands change. */
export interface Target {
  /** @returns the instance, if it is known. @throws PlatformError `store_damaged` */
  find(id: string): Instance | undefined;
  /** @returns the instance, made when it is not known. @throws PlatformError `store_damaged` */
  instanceOf(id: string, training: string, atMs: number): Instance;
  /** Called before a command changes an instance. @throws PlatformError `store_damaged` */
  willChange(instance: Instance): void;
  /** @returns the series, made when it is not known, for a command that appends to it */
  readonly seriesOf: SeriesOf;
  /** Takes a series out of an instance: one of the same name that is asked for then is new. What it had can be read until the command has ended. */
  removeSeries(instance: Instance, key: string): void;
  /** @returns versions of a model, oldest first */
  versionsOf(name: string): readonly Model[];
  /** Adds a version of a model; one with the same version is replaced. */
  putModel(model: Model): void;
  /** @returns what was told of a training, also of one that is deleted */
  findTraining(name: string): KeptTraining | undefined;
  /** Sets what is told of a training. */
  putTraining(training: KeptTraining): void;
  /** Adds a revision of params. */
  putRevision(revision: Revision): void;
  /** Sets the result of an evaluation. */
  putEvaluation(evaluation: Evaluation): void;
  /** Sets a view, or deletes the one of that name. */
  putView(view: SavedView | DeletedView): void;
}

/** A view that is there no more. */
export type DeletedView = Omit<SavedView, "view"> & { view?: undefined };

/** A training as drivers keep it; replaced when it changes, never changed. */
export interface KeptTraining extends Training {
  /** When it was deleted, in milliseconds since 1970. */
  deletedMs?: number;
}

/** Finds a series of an instance, or makes it. */
export type SeriesOf = (instance: Instance, name: string, labels: Labels) => GrowingSeries;

/** What one command changed in an instance. */
export interface Applied {
  instance: Instance;
  hasFacts: boolean;
  series: ReadonlySet<GrowingSeries>;
  hasLog: boolean;
  /** Points taken. */
  points: number;
  /** How long the instance had not been heard before, in milliseconds. */
  silenceMs: number;
  /** Why a part of the request was left out: only of one that an older platform accepted and logged. */
  leftOut?: string;
}
