import type { Labels } from "ava-protocol";
import type { InstanceHead, SeriesView } from "./instance.js";

/** What a term or a sort looks at. */
export type Field =
  | { kind: "fact"; name: "id" | "training" | "state" | "startTime" | "stopTime" | "heartbeatTime" }
  /** A param by its key, levels separated by dots. */
  | { kind: "param"; key: string }
  /** A figure of the first series of that name, or of the one with these labels. */
  | { kind: "metric"; figure: "last" | "min" | "max"; name: string; labels?: Labels };

/** What a list lets through: instances for which the field has one of the values, or that contain a text. */
export type Term =
  | { field: Field; oneOf: readonly (string | number | bigint | undefined)[] }
  /** Looked for in id, display name, training and params, in lower case. */
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

/** An instance in a list. */
export interface ListedInstance extends InstanceHead {
  series: readonly SeriesView[];
}

/** One page of a list. */
export interface InstancePage {
  instances: ListedInstance[];
  /** Instances that the terms let through, on all pages. */
  total: number;
  nextCursor?: string;
}
