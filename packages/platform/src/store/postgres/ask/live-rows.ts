import type { Figure } from "../../contract/list.js";
import type { Ask } from "../connect/database.js";
import type { FigureRow } from "./figure-row.js";

/** Whether the row of an unsealed instance has the figures of all that is not sealed: a platform that does not know them moves `pos` alone. */
export const IS_TOLD = "i.live_pos IS NOT DISTINCT FROM i.pos";

/** Places of figures in a row, from the last number of a metric on. */
const PLACES: Readonly<Record<Figure, number>> = { last: -3, min: -2, max: -1, count: 0 };

/** @returns a figure of the metric `$1` in the row of an instance `i`: an expression, null where it has none */
export function liveFigure(figure: Figure): string {
  return `i.live_figures[4 * array_position(i.live_names, $1::text) + ${PLACES[figure]}]`;
}

/** Figures of the metric `$1` in the row of an instance `i`, for a list of tables. A function in the place of the inner SELECT would be called as a table of its own for each row. */
export const LIVE_FIGURES = `LATERAL (
  SELECT i.live_figures[4 * at - 3] AS last, i.live_figures[4 * at - 2] AS min, i.live_figures[4 * at - 1] AS max, i.live_figures[4 * at] AS count
  FROM (SELECT array_position(i.live_names, $1::text) AS at) place
) f`;

/** @param value - place of the training; null for all */
const unsealed = (value: string): string => `i.is_unsealed AND i.deleted_ms IS NULL AND (${value}::text IS NULL OR i.training = ${value})`;

/** What is not sealed of instances, as of one moment. */
export interface LiveRows {
  /** Ids of instances that are to be loaded. */
  untold: string[];
  /** By name of the metric, of instances in which it has changed since they were sealed. */
  live: Map<string, (FigureRow & { no: number; id: string })[]>;
}

/** @param ask - sees one moment @param names - of metrics @returns figures in the rows of instances that are not deleted; those of a training, or all */
export async function readLive(ask: Ask, names: Iterable<string>, training: string | undefined): Promise<LiveRows> {
  const live: LiveRows["live"] = new Map();
  for (const name of names) live.set(name, await liveRows(ask, name, training));
  const untold = await ask<{ id: string }>(`SELECT i.id FROM ava.instances i WHERE ${UNTOLD}`, [training ?? null]);
  return { untold: untold.map(({ id }) => id), live };
}

/** Of instances `i` that are not deleted, of the training `$1` or of all, those of which neither sealed tables nor their rows have all figures. */
export const UNTOLD: string = `${unsealed("$1")} AND NOT (${IS_TOLD})`;

function liveRows(ask: Ask, name: string, training: string | undefined): Promise<(FigureRow & { no: number; id: string })[]> {
  const text = `SELECT i.no, i.id, f.last, f.min, f.max, f.count FROM ava.instances i, ${LIVE_FIGURES}
    WHERE ${unsealed("$2")} AND ${IS_TOLD} AND f.count IS NOT NULL`;
  return ask(text, [name, training ?? null]);
}
