import type { Labels } from "ava-protocol";
import type Database from "libsql";
import { PlatformError } from "../../../error.js";
import type { Figure } from "../../contract/list.js";
import type { Series, SeriesState } from "../../held/series.js";
import { decodeTotals, type SeriesTotals, TOTALS_BYTES } from "../../levels/totals.js";
import type { DamageList } from "../damage.js";
import { BLOCK_ROWS, type Cell, exactly, LightReader, numberOf } from "./light-rows.js";
import { insertInto, readRows, selectFrom, type Value, withSum } from "./tables.js";

/**
 * By name of a metric, for each stored instance, the figures that a list means where it names no labels. It follows from `series` as `heads` follows from
 * `instances`: a checkpoint stores both, and a start makes it anew where a platform of an earlier version has written since. See docs/formats/store.md.
 */
export const FIGURE_TABLES = `
  CREATE TABLE IF NOT EXISTS figures (name TEXT, instance TEXT, last REAL, min REAL, max REAL, count INTEGER NOT NULL, PRIMARY KEY (name, instance)) WITHOUT ROWID;
`;

/** A statement that stores a row of {@link figureValues}. */
export const INSERT_FIGURES = "INSERT OR REPLACE INTO figures VALUES (?, ?, ?, ?, ?, ?)";

/** Columns of the figures, for a `LightReader`. */
export const FIGURES: readonly string[] = [exactly("last"), exactly("min"), exactly("max"), "CAST(count AS INTEGER)"];

/** Figures as {@link FIGURES} lists them. */
export type FigureRow = [last: Cell, min: Cell, max: Cell, count: number];

/** @returns the row of a metric of an instance. NaN is null: in a list it is a value that is missing */
export function figureValues(name: string, instance: string, { last, min, max, count }: Pick<SeriesTotals, Figure>): Value[] {
  // SQLite has no negative zero.
  const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value + 0);
  return [name, instance, orNull(last), orNull(min), orNull(max), count];
}

/** @returns the figures of a row */
export function figuresOf([last, min, max, count]: FigureRow): Pick<SeriesTotals, Figure> {
  const real = (cell: Cell): number => numberOf(cell) ?? Number.NaN;
  return { last: real(last), min: real(min), max: real(max), count };
}

/** @returns all rows, each as {@link figureValues} lists it. @throws PlatformError `store_damaged` */
export function* readFigures(db: Database.Database, damage: DamageList): Generator<readonly Cell[], void> {
  const reader = new LightReader(db, damage);
  type Row = [name: string, instance: string, ...FigureRow];
  const columns = ["CAST(name AS TEXT)", "CAST(instance AS TEXT)", ...FIGURES];
  const from = `figures WHERE (name, instance) > (?, ?) ORDER BY name, instance LIMIT ${BLOCK_ROWS}`;
  // As one text a key is in the order of the two: no name or id has a character before a blank.
  const keyOf = ([name, instance]: Row): string => `${name}\0${instance}`;
  const read = (after: string): Row[] => reader.rows("figures", columns, from, ...after.split("\0"));
  for (const block of reader.blocks("figures", read, keyOf, "\0"))
    for (const [name, instance, last, min, max, count] of block)
      yield [name, instance, numberOf(last), numberOf(min), numberOf(max), count];
}

/**
 * @param series - all of an instance, in the order in which they came
 * @param saved - those that a checkpoint stores, with what it stores of them
 * @param removed - names of those that it removes
 * @returns figures, by name, of the metrics that the checkpoint changes
 */
export function changedFigures(
  series: ReadonlyMap<string, Series>,
  saved: ReadonlyMap<Series, SeriesState>,
  removed: readonly string[],
): Map<string, SeriesTotals> {
  const figures = new Map<string, SeriesTotals>();
  const totalsOf = (one: Series): SeriesTotals => saved.get(one)?.totals ?? one.storedTotals();
  // Without labels a series is the one that is meant; only where one has some, the others of its name are looked at.
  const names = new Set<string>(removed);
  for (const [{ name, labels }, { totals }] of saved) {
    if (isPlain(labels)) figures.set(name, totals);
    else names.add(name);
  }
  if (names.size === 0) return figures;
  for (const one of series.values()) {
    const totals = totalsOf(one);
    if (names.has(one.name) && totals.count > 0 && (isPlain(one.labels) || !figures.has(one.name))) figures.set(one.name, totals);
  }
  return figures;
}

function isPlain(labels: Labels): boolean {
  return Object.keys(labels).length === 0;
}

/** @returns whether there are series and no figures */
export function areFiguresGone(db: Database.Database): boolean {
  const { series, figures } = db
    .prepare("SELECT EXISTS (SELECT 1 FROM series) AS series, EXISTS (SELECT 1 FROM figures) AS figures")
    .get() as {
    series: number;
    figures: number;
  };
  return series > figures;
}

interface SeriesRow {
  no: number;
  name: string;
  instance: string;
  labels: string;
  totals: Uint8Array;
}

/**
 * Makes all rows anew from the table `series`.
 *
 * @param segment - first log segment that the database does not contain
 * @param damage - told where SQLite cannot read the series: what is behind has no figures
 */
export function makeFigures(db: Database.Database, segment: number, damage: DamageList): void {
  db.exec("BEGIN IMMEDIATE");
  db.exec("DELETE FROM figures");
  const insert = db.prepare(INSERT_FIGURES);
  const insertFirst = db.prepare(INSERT_FIGURES.replace("REPLACE", "IGNORE"));
  const select = db.prepare(selectFrom("series", `WHERE no > ? ORDER BY no LIMIT ${BLOCK_ROWS}`));
  const take = ({ name, instance, labels, totals }: SeriesRow): void => {
    (isPlain(JSON.parse(labels) as Labels) ? insert : insertFirst).run(...figureValues(name, instance, decodeTotals(totals)));
  };
  const read = (after: number) => [...readRows<SeriesRow>(select, "series", after)];
  try {
    for (const block of new LightReader(db, damage).blocks("series", read, ({ row }) => row.no, -1))
      for (const { row, isWhole } of block) if (isWhole === true && row.totals.length === TOTALS_BYTES) take(row);
  } catch (error) {
    // It is told, and lists by a metric lack those behind the damage.
    if (!(error instanceof PlatformError)) throw error;
  }
  db.prepare(insertInto("meta")).run(...withSum("meta", ["figures_segment", segment]));
  db.exec("COMMIT");
}
