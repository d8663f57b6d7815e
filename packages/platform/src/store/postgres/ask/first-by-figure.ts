import { seriesKey } from "ava-protocol";
import type { MetricField } from "../../contract/list.js";
import type { Ask } from "../connect/database.js";
import { type FigureRow, figuresOf } from "./figure-row.js";
import { LIGHT, type LightRow, lightRow, type Row, readLight } from "./light.js";
import { IS_TOLD, LIVE_FIGURES, liveFigure, UNTOLD } from "./live-rows.js";

/** Which of the instances, and how many of the first. */
interface FirstOf {
  training: string | undefined;
  count: number;
  isDown: boolean;
}

/** What the tables tell of the first instances by a figure. */
interface FirstByFigure {
  /** As many as were asked for, and some more, of those that are not deleted; those without the value stand last, by id. */
  first: LightRow[];
  /** Instances of which figures are to be looked up; they are not among the first. */
  untold: LightRow[];
}

/** @param ask - sees one moment */
export async function firstByFigure(ask: Ask, { name, figure }: MetricField, { training, count, isDown }: FirstOf): Promise<FirstByFigure> {
  const values = [name, training ?? null, count];
  const isThere = "i.deleted_ms IS NULL AND ($2::text IS NULL OR i.training = $2)";
  const isLive = `(i.is_unsealed AND (NOT (${IS_TOLD}) OR array_position(i.live_names, $1::text) IS NOT NULL))`;
  const isMeant = `${isThere} AND NOT ${isLive}`;
  const direction = isDown ? "DESC" : "ASC";
  const key = seriesKey(name, undefined);
  const candidate = (row: Row & FigureRow): LightRow => {
    const series = new Map([[key, { name, labels: {}, totals: figuresOf(row) }]]);
    return { ...lightRow(row), series };
  };
  const liveRows = (isAsked: string): Promise<(Row & FigureRow & { isTold: boolean })[]> =>
    ask(
      `SELECT ${LIGHT}, first.is_told AS "isTold", f.last, f.min, f.max, f.count FROM (
         SELECT i.no, ${IS_TOLD} AS is_told, nullif(${liveFigure(figure)}, 'NaN') AS value FROM ava.instances i
         WHERE ${isLive} AND ${isThere} AND ${isAsked} ORDER BY is_told, value ${direction} NULLS LAST, i.id LIMIT $3
       ) first JOIN ava.instances i ON i.no = first.no, ${LIVE_FIGURES}`,
      values,
    );
  // Starting workers takes more of the processors than they save.
  await ask("SET LOCAL max_parallel_workers_per_gather = 0");
  // Unsealed instances are looked at once: those that rows do not tell of come first, and nearly always there are none.
  let live = await liveRows("true");
  let untold: LightRow[] = [];
  if (live.some(({ isTold }) => !isTold)) {
    untold = await readLight(ask, UNTOLD, [training ?? null]);
    live = await liveRows(IS_TOLD);
  }
  const sealed = `ava.figures f WHERE f.name = $1 AND f.${figure} IS NOT NULL`;
  const ofSealed = (from: string): Promise<(Row & FigureRow)[]> =>
    ask(
      `SELECT ${LIGHT}, f.last, f.min, f.max, f.count FROM (${from}) f JOIN ava.instances i ON i.no = f.instance
       WHERE ${isMeant} ORDER BY f.${figure} ${direction}, i.id LIMIT $3`,
      values,
    );
  // Of the first by the table alone some may be deleted, or have changed since: where too few are left, all are looked at.
  let rows: (Row & FigureRow)[] = [];
  if (training === undefined)
    rows = await ofSealed(`SELECT f.* FROM ${sealed} ORDER BY f.${figure} ${direction} FETCH FIRST $3 ROWS WITH TIES`);
  if (rows.length < count) rows = await ofSealed(`SELECT f.* FROM ${sealed}`);
  const first = [...live, ...rows].map(candidate);
  const withValue = first.filter(({ series }) => !Number.isNaN(series.get(key)!.totals[figure])).length;
  if (withValue >= count) return { first, untold };
  const hasNone = `NOT EXISTS (SELECT FROM ${sealed} AND f.instance = i.no)`;
  const rest = await readLight(ask, `${isMeant} AND ${hasNone} ORDER BY i.id LIMIT $3`, [name, training ?? null, count - rows.length]);
  return { first: [...first, ...rest], untold };
}
