import type { Labels } from "ava-protocol";
import type { Reparse } from "../contract/reparse.js";

/** Points of a series that follow each other in order of arrival. */
export type Range = [start: number, count: number];

/** A series that a reparse added points to. */
export interface ReparsedSeries {
  key: string;
  name: string;
  labels: Labels;
  points: number;
  /** Where its points are; none once it is undone. */
  ranges: Range[];
}

/** A reparse with the places of its points. */
export interface StoredReparse extends Omit<Reparse, "series"> {
  by?: string;
  series: ReparsedSeries[];
}

/** @returns what others see of reparses */
export function viewOfReparses(reparses: readonly StoredReparse[]): Reparse[] {
  return reparses.map(({ series, by: _by, ...rest }) => ({
    ...rest,
    series: series.map(({ name, labels, points }) => ({ name, labels, points })),
  }));
}
