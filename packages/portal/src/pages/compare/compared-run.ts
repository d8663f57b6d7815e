import { flattenParams, fromWireNumber, type InstanceSummary, type SeriesSummary, type WireNumber } from "ava-protocol";
import { fieldParts } from "../overview/field-text.js";

/** A run as the views that compare it look at it. */
export interface ComparedFacts {
  id: string;
  name: string;
  state: InstanceSummary["state"];
  training: string;
  /** Values by path, as they were written. */
  params: ReadonlyMap<string, string>;
  series: readonly SeriesSummary[];
  /** Place in the palette. */
  slot: number;
}

/**
 * @param summary - from the API
 * @param slot - place in the palette
 */
export function comparedFacts({ id, name = id, state, training, paramsText, series }: InstanceSummary, slot: number): ComparedFacts {
  const params = new Map(flattenParams(paramsText).map(({ path, value }) => [path, value]));
  return { id, name, state, training, params, series, slot };
}

/**
 * @param run - a run
 * @param field - as in a column: `params.lr`, `min:val/loss`, `state`
 * @returns what it has there as text; `undefined` for nothing
 */
export function fieldOf(run: ComparedFacts, field: string): string | undefined {
  const parts = fieldParts(field);
  if (parts.kind === "param") return run.params.get(parts.path);
  if (parts.kind === "metric") {
    const figure = figureOf(run, field);
    return figure === undefined ? undefined : String(figure);
  }
  return parts.name === "state" || parts.name === "training" || parts.name === "id" || parts.name === "name" ? run[parts.name] : undefined;
}

/**
 * @param run - a run
 * @param field - a figure of a series: `last:loss`
 * @returns the number; `undefined` where the run has no such series. Of several with labels the first counts, as in the list
 */
export function figureOf({ series }: ComparedFacts, field: string): number | undefined {
  const parts = fieldParts(field);
  if (parts.kind !== "metric") return undefined;
  const own = series.filter(({ name }) => name === parts.name);
  const found = own.find(({ labels }) => Object.keys(labels).length === 0) ?? own[0];
  return found === undefined ? undefined : fromWireNumber(found[parts.figure] as WireNumber);
}
