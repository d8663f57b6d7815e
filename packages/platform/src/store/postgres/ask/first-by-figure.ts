import { seriesKey } from "ava-protocol";
import type { MetricField } from "../../contract/list.js";
import type { Candidate } from "../../listing/candidate.js";
import type { Ask } from "../connect/database.js";
import { type FigureRow, figuresOf } from "./figure-row.js";
import { NO_SERIES } from "./figures.js";
import { LIGHT, lightRow, type Row, readLight } from "./light.js";
import { IS_TOLD, LIVE_FIGURES, liveFigure } from "./live-rows.js";

/** Which of the instances, and how many of the first. */
interface FirstOf {
  training: string | undefined;
  /** Numbers of those that are left out. */
  besides: readonly number[];
  count: number;
  isDown: boolean;
}

/**
 * @param ask - sees one moment
 * @returns the first instances by a figure, and some more, of those that are not deleted; those without the value stand last, by id
 */
export async function firstByFigure(
  ask: Ask,
  { name, figure }: MetricField,
  { training, besides, count, isDown }: FirstOf,
): Promise<Candidate[]> {
  const values = [name, besides, training ?? null];
  const isThere = "i.deleted_ms IS NULL AND i.no <> ALL ($2::bigint[]) AND ($3::text IS NULL OR i.training = $3)";
  const isLive = `(i.is_unsealed AND ${IS_TOLD} AND array_position(i.live_names, $1::text) IS NOT NULL)`;
  const isMeant = `${isThere} AND NOT ${isLive}`;
  const direction = isDown ? "DESC" : "ASC";
  const key = seriesKey(name, undefined);
  const candidate = (row: Row & FigureRow): Candidate => {
    const series = new Map([[key, { name, labels: {}, totals: figuresOf(row) }]]);
    return { ...lightRow(row).head, series };
  };
  const live = await ask<Row & FigureRow>(
    `SELECT ${LIGHT}, f.last, f.min, f.max, f.count FROM (
       SELECT i.no FROM ava.instances i WHERE ${isLive} AND ${isThere}
       ORDER BY nullif(${liveFigure(figure)}, 'NaN') ${direction} NULLS LAST, i.id LIMIT $4
     ) first JOIN ava.instances i ON i.no = first.no, ${LIVE_FIGURES}`,
    [...values, count],
  );
  const rows = await ask<Row & FigureRow>(
    `SELECT ${LIGHT}, f.last, f.min, f.max, f.count
     FROM ava.figures f JOIN ava.instances i ON i.no = f.instance
     WHERE f.name = $1 AND f.${figure} IS NOT NULL AND ${isMeant}
     ORDER BY f.${figure} ${direction}, i.id LIMIT $4`,
    [...values, count],
  );
  const first = [...live, ...rows].map(candidate);
  const withValue = first.filter(({ series }) => !Number.isNaN(series.get(key)!.totals[figure])).length;
  if (withValue >= count) return first;
  const hasNone = `NOT EXISTS (SELECT FROM ava.figures f WHERE f.name = $1 AND f.instance = i.no AND f.${figure} IS NOT NULL)`;
  const rest = await readLight(ask, `${isMeant} AND ${hasNone} ORDER BY i.id LIMIT $4`, [...values, count - rows.length]);
  return [...first, ...rest.map(({ head }): Candidate => ({ ...head, series: NO_SERIES }))];
}
