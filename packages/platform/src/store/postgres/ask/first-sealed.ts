import { seriesKey } from "ava-protocol";
import type { MetricField } from "../../contract/list.js";
import type { Candidate } from "../../listing/candidate.js";
import type { Ask } from "../connect/database.js";
import { type FigureRow, figuresOf, NO_SERIES } from "./figures.js";
import { LIGHT, lightRow, type Row, readLight } from "./light.js";

/** Which of the sealed instances, and how many of the first. */
interface FirstOf {
  training: string | undefined;
  /** Numbers of those that are left out. */
  besides: readonly number[];
  count: number;
  isDown: boolean;
}

/** @returns the first instances by a figure, of those that are not deleted; those without the value stand last, by id */
export async function firstSealed(
  ask: Ask,
  { name, figure }: MetricField,
  { training, besides, count, isDown }: FirstOf,
): Promise<Candidate[]> {
  const values = [name, besides, training ?? null];
  const isMeant = "i.deleted_ms IS NULL AND i.no <> ALL ($2::bigint[]) AND ($3::text IS NULL OR i.training = $3)";
  const rows = await ask<Row & FigureRow>(
    `SELECT ${LIGHT}, f.last, f.min, f.max, f.count
     FROM ava.figures f JOIN ava.instances i ON i.no = f.instance
     WHERE f.name = $1 AND f.${figure} IS NOT NULL AND ${isMeant}
     ORDER BY f.${figure} ${isDown ? "DESC" : "ASC"}, i.id LIMIT $4`,
    [...values, count],
  );
  const first = rows.map((row): Candidate => {
    const series = new Map([[seriesKey(name, undefined), { name, labels: {}, totals: figuresOf(row) }]]);
    return { ...lightRow(row).head, series };
  });
  if (first.length === count) return first;
  const hasNone = `NOT EXISTS (SELECT FROM ava.figures f WHERE f.name = $1 AND f.instance = i.no AND f.${figure} IS NOT NULL)`;
  const rest = await readLight(ask, `${isMeant} AND ${hasNone} ORDER BY i.id LIMIT $4`, [...values, count - first.length]);
  return [...first, ...rest.map(({ head }): Candidate => ({ ...head, series: NO_SERIES }))];
}
