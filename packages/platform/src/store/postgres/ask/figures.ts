import { type Labels, seriesKey } from "ava-protocol";
import type { MetricField } from "../../contract/list.js";
import { decodeTotals, TOTALS_BYTES } from "../../levels/totals.js";
import { firstSeries, type SeriesFigures } from "../../listing/candidate.js";
import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import type { Loader } from "../load/loader.js";
import { type FigureRow, figuresOf } from "./figure-row.js";
import { readLive } from "./live-rows.js";

/** Figures of series as lists look at them: by number of the instance, then by key. */
export type FiguresOf = Map<number, Map<string, SeriesFigures>>;

/** Instances of which all series of a name are read at a time. */
const BLOCK_INSTANCES = 2000;

/**
 * Figures of metrics: of what is sealed from the table, of what came since from the rows of the instances. Those whose rows cannot tell are loaded.
 *
 * @param ask - sees one moment
 * @param training - only of its instances; absent for all
 */
export async function readFigures(
  ask: Ask,
  loader: Loader,
  metrics: readonly MetricField[],
  training: string | undefined,
): Promise<FiguresOf> {
  const figures: FiguresOf = new Map();
  if (metrics.length === 0) return figures;
  const loaded = await readTables(ask, metrics, training, figures);
  await loader.seenIn(ask, [...loaded], (held) => void figures.set(held.no, figuresIn(held, metrics)));
  return figures;
}

/** @param ask - sees one moment @param figures - filled @returns ids of the instances that are to be loaded */
async function readTables(
  ask: Ask,
  metrics: readonly MetricField[],
  training: string | undefined,
  figures: FiguresOf,
): Promise<Set<string>> {
  const { untold, live } = await readLive(ask, new Set(metrics.map((metric) => metric.name)), training);
  const loaded = new Set(untold);
  for (const [name, rows] of live) {
    const labelled = metrics.filter((metric) => metric.name === name && metric.labels !== undefined);
    await readSealed(ask, name, figures);
    if (labelled.length > 0) await readLabelled(ask, name, labelled, figures);
    putFigures(rows, name, figures);
    // Rows know nothing of labels.
    if (labelled.length > 0) for (const { id } of rows) loaded.add(id);
  }
  return loaded;
}

/** @returns figures of the series that the fields mean */
export function figuresIn({ series }: HeldInstance, metrics: readonly MetricField[]): Map<string, SeriesFigures> {
  const found = new Map<string, SeriesFigures>();
  for (const { name, labels } of metrics) {
    const one = series.get(seriesKey(name, labels)) ?? firstSeries(series.values(), name, labels);
    if (one === undefined || one.totals.count === 0) continue;
    const { last, min, max, count } = one.totals;
    // It stands for the series that the field means: another one that a list looks at may come first.
    found.set(seriesKey(name, labels), { name, labels: labels ?? {}, totals: { last, min, max, count } });
  }
  return found;
}

async function readSealed(ask: Ask, name: string, figures: FiguresOf): Promise<void> {
  const rows = await ask<FigureRow & { no: number }>("SELECT instance AS no, last, min, max, count FROM ava.figures WHERE name = $1", [
    name,
  ]);
  putFigures(rows, name, figures);
}

function putFigures(rows: readonly (FigureRow & { no: number })[], name: string, figures: FiguresOf): void {
  const key = seriesKey(name, undefined);
  for (const row of rows) {
    const known: Map<string, SeriesFigures> = figures.get(row.no) ?? new Map();
    known.set(key, { name, labels: {}, totals: figuresOf(row) });
    figures.set(row.no, known);
  }
}

/** Of fields with labels the table does not know: the series themselves are looked at, in the order in which they came. */
async function readLabelled(ask: Ask, name: string, fields: readonly MetricField[], figures: FiguresOf): Promise<void> {
  const text = `SELECT s.instance AS no, s.labels, s.totals
    FROM (SELECT instance FROM ava.figures WHERE name = $1 AND instance > $2 ORDER BY instance LIMIT $3) f
    JOIN ava.series s ON s.instance = f.instance AND s.name = $1 ORDER BY s.instance, s.no`;
  for (let after = 0; ; ) {
    const rows = await ask<{ no: number; labels: string; totals: Buffer }>(text, [name, after, BLOCK_INSTANCES]);
    const byInstance = new Map<number, typeof rows>();
    for (const row of rows) byInstance.set(row.no, [...(byInstance.get(row.no) ?? []), row]);
    for (const [no, all] of byInstance) {
      // What is damaged is told when its instance is asked for.
      const whole = all.filter(({ totals }) => totals.length === TOTALS_BYTES);
      const series = whole.map(({ labels, totals }) => ({ name, labels: JSON.parse(labels) as Labels, totals: decodeTotals(totals) }));
      for (const { labels } of fields) {
        const one = firstSeries(series, name, labels);
        if (one !== undefined) figures.get(no)?.set(seriesKey(name, labels), { ...one, labels: labels ?? {} });
      }
    }
    if (byInstance.size < BLOCK_INSTANCES) return;
    after = rows.at(-1)!.no;
  }
}
