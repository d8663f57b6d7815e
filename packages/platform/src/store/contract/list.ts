import type { InstanceState, Labels } from "ava-protocol";
import type { InstanceHead, SeriesView } from "./instance.js";

/** A fact that a term, a sort or a column can look at. `tag` is each of the tags. */
export type FactName = "id" | "name" | "training" | "state" | "tag" | "host" | "startTime" | "stopTime" | "heartbeatTime";

/** A figure of a series as a whole. */
export type Figure = "last" | "min" | "max" | "count";

/** What a term, a sort or a column looks at. */
export type Field =
  | { kind: "fact"; name: FactName }
  /** A param by its key, levels separated by dots. */
  | { kind: "param"; key: string }
  /** A figure of the series that has just these labels (none, where none are given), else of the first of that name that has them and more. */
  | { kind: "metric"; figure: Figure; name: string; labels?: Labels };

/** A figure of a series. */
export type MetricField = Extract<Field, { kind: "metric" }>;

/** What several instances can have in common: what they are grouped by. */
export type SharedField = Extract<Field, { kind: "param" }> | { kind: "fact"; name: "training" | "state" | "host" | "name" };

/** How a field is compared; `~` searches for a regular expression. */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~";

/** What a field is compared with. */
export interface Operand {
  /** As it was written. */
  text: string;
  /** The same as a number, where it is one; of a time in milliseconds since 1970. */
  number?: number | bigint;
}

/**
 * What a list lets through. Numbers compare as numbers, anything else as text, in the order of UTF-16 units; of several tags one must hold. Where the
 * instance has no such field, only `!=` holds.
 */
export type Term =
  | { field: Field; operator: Operator; operand: Operand }
  /** The field has one of the values. */
  | { field: Field; oneOf: readonly (string | number | bigint | undefined)[] }
  /** Looked for in id, display name, training, tags, note and params, in lower case. */
  | { text: string };

/** Which instances, in which order. */
export interface ListQuery {
  /** All of them hold. */
  terms: readonly Term[];
  sort: { field: Field; isDown: boolean };
  /** Most instances of a page. */
  limit: number;
  /** {@link InstancePage.nextCursor} of the page before. */
  cursor?: string;
  /** A running instance that was not heard since this time counts as lost, in milliseconds since 1970. */
  lostBeforeMs: number;
  /** Names of the series whose figures are wanted; absent for all. */
  seriesNames?: readonly string[];
}

/** Which instances, in which order, and which figures of them: all, without pages. */
export interface WholeListQuery extends Pick<ListQuery, "terms" | "sort" | "lostBeforeMs"> {
  /** How many of the first; absent for all. */
  limit?: number;
  metrics: readonly MetricField[];
}

/** Instances that have the same in some fields. */
export interface GroupQuery {
  /** All of them hold. */
  terms: readonly Term[];
  by: readonly SharedField[];
  metrics: readonly MetricField[];
  /** As of {@link ListQuery}. */
  lostBeforeMs: number;
}

/** What a group has of a metric. Numbers are over the finite values. */
export interface GroupFigures {
  /** Finite values. */
  count: number;
  /** Absent where there are none. */
  mean?: number;
  /** Standard deviation of a sample; absent for fewer than two values. */
  deviation?: number;
  min?: { value: number; instance: string };
  max?: { value: number; instance: string };
}

/** One group. */
export interface InstanceGroup {
  /** What its instances have in each field of the query: a text, a number, or a param of another kind as JSON; `undefined` where they have nothing. */
  values: readonly (string | number | bigint | undefined)[];
  /** Its instances. */
  count: number;
  states: Readonly<Partial<Record<InstanceState, number>>>;
  /** Of each metric of the query. */
  figures: readonly GroupFigures[];
}

/** An instance in a list. */
export interface ListedInstance extends InstanceHead {
  series: readonly SeriesView[];
}

/** An instance in a list of all. */
export interface FiguredInstance extends InstanceHead {
  /** Of each metric of the query; `undefined` where the instance has none. */
  figures: readonly (number | undefined)[];
}

/** One page of a list. */
export interface InstancePage {
  instances: ListedInstance[];
  /** Instances that the terms let through, on all pages. */
  total: number;
  nextCursor?: string;
}
