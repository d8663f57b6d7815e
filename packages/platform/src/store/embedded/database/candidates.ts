import { type InstanceFacts, type Labels, seriesKey } from "ava-protocol";
import type Database from "libsql";
import { decodeTotals, TOTALS_BYTES } from "../../levels/totals.js";
import { type Candidate, noFigures, type SeriesFigures } from "../../listing/candidate.js";
import type { ListNeeds } from "../../listing/needs.js";
import { type DamageList, isBrokenFile } from "../damage.js";
import type { StoredFacts } from "../instance-state.js";
import { type ListedRow, NO_SERIES } from "../listed.js";
import type { Memory } from "../memory.js";
import { FIGURES, type FigureRow, figuresOf } from "./figures.js";
import { KeptStatement } from "./kept-statement.js";
import { BLOCK_ROWS, LightReader } from "./light-rows.js";
import { type ReadRow, readRow, readRows, selectFrom } from "./tables.js";

interface SeriesRow {
  no: number;
  instance: string;
  name: string;
  labels: string;
  totals: Uint8Array;
}

type Figures = Map<string, Map<string, SeriesFigures>>;

/** Gives lists the facts and the figures of stored instances, without bringing the instances into memory. */
export class CandidateReader {
  private readonly memory: Memory;
  private readonly damage: DamageList;
  private readonly selectFacts: KeptStatement;
  private readonly reader: LightReader;
  private readonly selectSeries: KeptStatement;

  /**
   * @param memory - has what is newer than the database
   * @param damage - told of what is damaged
   */
  constructor(db: Database.Database, memory: Memory, damage: DamageList) {
    this.memory = memory;
    this.damage = damage;
    this.selectFacts = new KeptStatement(db, selectFrom("instances", "WHERE id = ?"));
    this.reader = new LightReader(db, damage);
    this.selectSeries = new KeptStatement(db, selectFrom("series", `WHERE name = ? AND no > ? ORDER BY no LIMIT ${BLOCK_ROWS}`));
  }

  /**
   * Reads the figures of some metrics, in steps.
   *
   * @param figures - filled: series of each instance, by key. Those that are damaged are told when their instance is asked for
   * @throws PlatformError `store_damaged`
   */
  *readFigures(metrics: ListNeeds["metrics"], figures: Figures): Generator<void, void> {
    const hasLabels = new Set(metrics.flatMap(({ name, labels }) => (labels === undefined ? [] : [name])));
    for (const name of new Set(metrics.map((metric) => metric.name)))
      yield* hasLabels.has(name) ? this.readSeries(name, figures) : this.readMeant(name, figures);
  }

  /** Of the series that is meant where no labels are named. */
  private *readMeant(name: string, figures: Figures): Generator<void, void> {
    const key = seriesKey(name, undefined);
    type Row = [instance: string, ...FigureRow];
    const columns = ["CAST(instance AS TEXT)", ...FIGURES];
    const from = `figures WHERE name = ? AND instance > ? ORDER BY instance LIMIT ${BLOCK_ROWS}`;
    const read = (after: string): Row[] => this.reader.rows("figures", columns, from, name, after);
    for (const block of this.reader.blocks("figures", read, ([instance]) => instance, "")) {
      for (const [instance, ...row] of block) {
        const one = { name, labels: NO_LABELS, totals: figuresOf(row) };
        const known = figures.get(instance);
        if (known === undefined) figures.set(instance, new Map([[key, one]]));
        else known.set(key, one);
      }
      yield;
    }
  }

  /**
   * Puts figures of metrics, those without labels, to rows that do not have them, in steps.
   *
   * @param names - of the metrics
   * @throws PlatformError `store_damaged`
   */
  *putFigures(names: ReadonlySet<string>, rows: readonly ListedRow[]): Generator<void, void> {
    const from = "figures WHERE name = ? AND instance IN (SELECT value FROM json_each(?))";
    for (const name of names) {
      const key = seriesKey(name, undefined);
      const none = noFigures(name);
      const missing = rows.filter(({ series }) => !series.has(key));
      for (let start = 0; start < missing.length; start += BLOCK_ROWS) {
        const block = missing.slice(start, start + BLOCK_ROWS);
        type Row = [instance: string, ...FigureRow];
        const ids = JSON.stringify(block.map(({ id }) => id));
        const read = this.reader.rows<Row>("figures", ["CAST(instance AS TEXT)", ...FIGURES], from, name, ids);
        const found = new Map(read.map(([instance, ...row]) => [instance, { name, labels: NO_LABELS, totals: figuresOf(row) }] as const));
        for (const row of block) row.series = new Map(row.series).set(key, found.get(row.id) ?? none);
        yield;
      }
    }
  }

  private *readSeries(name: string, figures: Figures): Generator<void, void> {
    const read = (after: number): ReadRow<SeriesRow>[] => [...readRows<SeriesRow>(this.selectSeries, "series", name, after)];
    for (const block of this.reader.blocks("series", read, ({ row }) => row.no, 0)) {
      for (const { row, isWhole } of block) {
        if (isWhole !== true || row.totals.length !== TOTALS_BYTES) continue;
        const labels = JSON.parse(row.labels) as Labels;
        const ofInstance = figures.get(row.instance) ?? new Map();
        ofInstance.set(seriesKey(name, labels), { name, labels, totals: decodeTotals(row.totals) });
        figures.set(row.instance, ofInstance);
      }
      yield;
    }
  }

  /** @param figures - absent where the row has them @returns an instance as a list looks at it; `undefined` for one that is damaged */
  candidate(row: ListedRow, { hasFacts }: ListNeeds, figures: Figures | undefined): Candidate | undefined {
    const held = this.memory.instances.get(row.id);
    if (held !== undefined) return held;
    const series = figures === undefined ? row.series : (figures.get(row.id) ?? NO_SERIES);
    if (!hasFacts || row.params !== undefined) return series === row.series ? row : { ...row, series };
    const facts = this.storedFacts(row.id);
    if (facts === undefined) return undefined;
    if (this.memory.listed.facts.get(row.id) !== facts) return { ...row, facts, series };
    row.facts = facts;
    row.params = new Map();
    return series === row.series ? row : { ...row, series };
  }

  /** @returns the facts; `undefined` for an instance that is damaged, which is told and set aside */
  factsOf(id: string): Readonly<InstanceFacts> | undefined {
    return this.memory.instances.get(id)?.facts ?? this.storedFacts(id);
  }

  private storedFacts(id: string): Readonly<InstanceFacts> | undefined {
    const { listed } = this.memory;
    const known = listed.facts.get(id);
    if (known !== undefined) return known;
    const json = this.factsText(id);
    if (json === undefined) return this.memory.held(id)?.facts;
    const { facts } = JSON.parse(json) as StoredFacts;
    listed.facts.put(id, facts, json.length);
    return facts;
  }

  private factsText(id: string): string | undefined {
    try {
      const raw = this.selectFacts.get(id) as Record<string, unknown> | undefined;
      const read = raw && readRow<{ id: string; facts: string }>("instances", raw);
      return read?.isWhole === true ? read.row.facts : undefined;
    } catch (error) {
      if (!isBrokenFile(error)) throw error;
      return undefined;
    }
  }
}

const NO_LABELS: Labels = {};
