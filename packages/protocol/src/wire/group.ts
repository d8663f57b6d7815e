import type { InstanceState } from "./instance.js";
import type { WireNumber } from "./number.js";

/** A value and the instance that has it. */
export interface GroupExtreme {
  value: number;
  instance: string;
}

/** What a group has of a metric, over its finite values. */
export interface GroupFigures {
  /** Finite values. */
  count: number;
  /** Absent where there are none. */
  mean?: WireNumber;
  /** Standard deviation of a sample; absent for fewer than two values. */
  deviation?: WireNumber;
  min?: GroupExtreme;
  max?: GroupExtreme;
}

/** Instances that have the same in some fields. */
export interface GroupRow {
  /** What they have, by the text that the field was asked for with; without what they have not. */
  values: Record<string, unknown>;
  /** Instances. */
  count: number;
  states: Partial<Record<InstanceState, number>>;
  metrics: Record<string, GroupFigures>;
  /** Lets these instances through, with the filter of the question; absent where it would have more than 200 terms. */
  filter?: string;
}

/** Answer of `GET /v1/groups`. */
export interface GroupsAnswer {
  groups: GroupRow[];
  /** The fields, as they were asked for. */
  group: string[];
  /** The metrics, as they were asked for. */
  columns: string[];
  /** Groups, also those beyond the limit. */
  total: number;
}
