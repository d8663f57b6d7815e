import type { Labels } from "ava-protocol";
import { decodeTotals, TOTALS_BYTES } from "../../levels/totals.js";
import { lifeOf } from "../../state/life.js";
import { isBrokenFile } from "../damage.js";
import type { StoredFacts, StoredInstance } from "../instance-state.js";
import { seriesOfChunk } from "./chunks.js";
import { KeptStatement } from "./kept-statement.js";
import { ModelLoader } from "./model-loader.js";
import type { Table } from "./tables.js";

/** Everything but points and log text, on its way from the database into memory: of all instances, or of one. */
export class Loader extends ModelLoader {
  /** What the facts say of rows of other tables. */
  private readonly expected = new Map<StoredInstance, StoredFacts>();
  private selectHead: KeptStatement | undefined;

  /** Loads what does not belong to instances, and counts these. */
  loadCommon(): void {
    const { memory, meta } = this;
    for (const table of ["models", "evaluations"] as const) this.countRows(table, this.rowsOf(table));
    this.loadViews();
    this.loadTrainings();
    memory.storedInstances = this.rowsOf("instances");
    this.countRows("instances", memory.storedInstances);
    const { last } = this.db.prepare("SELECT max(id) AS last FROM chunks").get() as { last: number | null };
    memory.reserveSeriesNo(Math.max(meta.get("series_no") ?? 1, last === null ? 1 : seriesOfChunk(last) + 1));
  }

  /** Loads all instances, and reads all models and results of evaluations. */
  loadAll(): void {
    this.loadAllModels();
    this.loadTables();
    this.countAll();
  }

  /** Loads an instance, where there is one; where it is damaged as a whole it is set aside. One that is not found would be made anew by what it takes. */
  loadOne(id: string): void {
    const { memory } = this;
    try {
      this.loadTables(id);
      this.countAll();
      if (!memory.instances.has(id) && this.hasHead(id)) this.setAside(id);
    } catch (error) {
      if (!isBrokenFile(error)) throw error;
      memory.forget(id);
      memory.setAside.set(
        id,
        this.damage.add(`table instances, row id = ${id}`, `SQLite cannot read it or what belongs to it (${error.message})`),
      );
    }
  }

  private hasHead(id: string): boolean {
    // What only reads a store of an earlier platform does not find the table.
    this.selectHead ??= new KeptStatement(this.db, "SELECT 1 FROM heads WHERE id = ?");
    return this.selectHead.get(id) !== undefined;
  }

  private rowsOf(table: Table): number {
    return (this.db.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count;
  }

  private loadTables(id?: string): void {
    this.loadInstances(id);
    this.loadWriters(id);
    this.loadSeries(id);
    this.loadEvents(id);
  }

  private countAll(): void {
    const { memory, expected } = this;
    for (const [instance, facts] of expected) this.count(instance, facts);
    // What is left of them is not stored as if it were all.
    for (const instance of expected.keys()) if (instance.damage.length > 0) memory.changed.instances.delete(instance);
    expected.clear();
  }

  private loadInstances(only: string | undefined): void {
    const { memory } = this;
    this.each<{ id: string; facts: string }>(
      "instances",
      only === undefined ? {} : { id: only },
      ({ id, facts: json }, isSummed) => {
        const facts = JSON.parse(json) as StoredFacts;
        const { logBytes, life, streamLabels, writers: _writers, series: _series, ...stored } = facts;
        const instance = memory.adopt(id, stored.training, stored.createdMs);
        Object.assign(instance, stored, { life: life === undefined ? lifeOf(stored.facts, stored.heartbeatMs) : new Map(life) });
        instance.log.storedBytes = logBytes;
        instance.streamLabels = new Map(streamLabels);
        this.expected.set(instance, facts);
        if (!isSummed) memory.willChange(instance);
      },
      ({ id }, sentence) => memory.setAside.set(id, sentence),
    );
  }

  private loadWriters(id: string | undefined): void {
    type Row = { instance: string; writer: string; ack: number; drops: string | null };
    this.eachOf<Row>("writers", id, (instance, { writer, ack, drops }, isSummed) => {
      instance.writers.set(writer, { id: writer, ack, drops: drops === null ? undefined : JSON.parse(drops), isDirty: !isSummed });
    });
  }

  private loadSeries(id: string | undefined): void {
    const { memory } = this;
    type Row = { no: number; instance: string; name: string; labels: string; totals: Uint8Array };
    this.eachOf<Row>(
      "series",
      id,
      (instance, { no, name, labels, totals }, isSummed) => {
        if (totals.length !== TOTALS_BYTES) throw new Error("totals of a wrong length");
        const series = memory.addSeries(instance, no, name, JSON.parse(labels) as Labels, decodeTotals(totals));
        if (!isSummed) series.willChange();
      },
      ({ no }) => memory.reserveSeriesNo(no + 1),
      "ORDER BY no",
    );
  }

  private loadEvents(id: string | undefined): void {
    this.eachOf<{ instance: string; no: number; event: string }>(
      "events",
      id,
      (instance, { event }, isSummed) => {
        instance.events.push(JSON.parse(event));
        // Stored once more, all of them: rows of format 1 have no checksum.
        if (!isSummed) instance.storedEvents = 0;
      },
      undefined,
      "ORDER BY instance, no",
    );
  }

  private loadViews(): void {
    const { memory } = this;
    if (!this.hasTable("views")) return this.countRows("views", 0);
    this.each<{ name: string; changed_ms: number; view: string | null }>("views", {}, ({ name, changed_ms: changedMs, view }) => {
      memory.views.set(name, view === null ? { name, changedMs } : { name, changedMs, view: JSON.parse(view) });
    });
    this.countRows("views", memory.views.size);
  }

  private loadTrainings(): void {
    const { trainings, revisions } = this.memory;
    if (!this.hasTable("trainings")) return;
    this.each<{ name: string; facts: string }>("trainings", {}, ({ name, facts }) => trainings.set(name, JSON.parse(facts)));
    this.countRows("trainings", trainings.size);
    let count = 0;
    type Row = { training: string; revision: number; created_ms: number; params: string; note: string | null };
    this.each<Row>(
      "revisions",
      {},
      ({ training, revision, created_ms: createdMs, params: paramsText, note }) => {
        const one = { training, revision, createdMs, paramsText, ...(note === null ? {} : { note }) };
        revisions.set(training, [...(revisions.get(training) ?? []), one]);
        count++;
      },
      undefined,
      "ORDER BY training, revision",
    );
    this.countRows("revisions", count);
  }

  /** Takes the rows of a table that belong to instances. One that is damaged, or whose instance is gone, sets the instance aside. */
  private eachOf<Row extends { instance: string }>(
    table: Table,
    id: string | undefined,
    take: (instance: StoredInstance, row: Row, isSummed: boolean) => void,
    onDamage: (row: Row) => void = () => undefined,
    order?: string,
  ): void {
    const { memory } = this;
    const takeRow = (row: Row, isSummed: boolean): void => {
      const instance = memory.instances.get(row.instance);
      if (instance !== undefined) {
        take(instance, row, isSummed);
        if (!isSummed) memory.changed.instances.add(instance);
      } else this.setAside(row.instance);
    };
    this.each<Row>(
      table,
      id === undefined ? {} : { instance: id },
      takeRow,
      (row, sentence) => {
        memory.instances.get(row.instance)?.damage.push(sentence);
        onDamage(row);
      },
      order,
    );
  }

  private setAside(id: string): void {
    const { setAside } = this.memory;
    if (setAside.has(id)) return;
    setAside.set(id, this.damage.add(`table instances, row id = ${id}`, "it is gone; other tables have rows of this instance"));
  }

  private count(instance: StoredInstance, { writers, series, storedEvents }: StoredFacts): void {
    const check = (table: string, found: number, wanted: number | undefined): void => {
      if (wanted === undefined || found === wanted) return;
      instance.damage.push(
        this.damage.add(`table ${table}, instance ${instance.id}`, `${found} of ${wanted} rows can be read; the others are missing`),
      );
    };
    check("writers", instance.writers.size, writers);
    check("series", instance.series.size, series);
    check("events", instance.events.length, storedEvents);
  }
}
