import type { Field, FiguredInstance, GroupQuery, InstanceGroup, ListQuery, MetricField, WholeListQuery } from "../../contract/list.js";
import type { Candidate } from "../../listing/candidate.js";
import { groupsOf } from "../../listing/groups.js";
import { blocksOf, type CandidatePage, figured, matches, pageOf, startOf } from "../../listing/list.js";
import { isIndexed, namedBy, needsOf, trainingOf } from "../../listing/needs.js";
import { rememberedNames } from "../../listing/remembered.js";
import { inTurns } from "../../slices.js";
import type { Database } from "../connect/database.js";
import type { Loader } from "../load/loader.js";
import { figuresIn, readFigures } from "./figures.js";
import { firstByFigure } from "./first-by-figure.js";
import { allLight, BLOCK_ROWS, FactsReader, type LightRow, NO_SERIES, readLight } from "./light.js";
import { LightRows } from "./light-rows.js";
import { putFigures } from "./row-figures.js";

/** Instances that may have come in front since the page before was asked for, and are still passed. */
const NEW_IN_FRONT = 1000;

/** @returns how many of the first instances a page needs */
function needed({ cursor, limit }: ListQuery): number {
  return cursor === undefined ? limit : startOf(cursor) + limit + NEW_IN_FRONT;
}

/** Which instances are looked for. */
type LookQuery = Pick<ListQuery, "terms" | "lostBeforeMs">;

/** Finds the instances of a page of a list: by an index where that is enough, else by looking at all. */
export class Lister {
  private readonly database: Database;
  private readonly loader: Loader;
  private readonly facts = new FactsReader();
  private readonly light: LightRows;

  /** @param now - milliseconds since 1970 */
  constructor(database: Database, loader: Loader, now: () => number) {
    this.database = database;
    this.loader = loader;
    this.light = new LightRows(database, this.facts, now);
    database.onLost(() => {
      this.facts.clear();
      this.light.clear();
    });
  }

  /** @throws PlatformError `bad_request` for a cursor that is none */
  async list(query: ListQuery): Promise<CandidatePage<Candidate>> {
    const { field } = query.sort;
    if (!isIndexed(query)) return pageOf(await this.found(query, [field]), query);
    return field.kind === "metric" ? this.byMetric(query, field) : this.byStart(query);
  }

  /** @throws PlatformError `bad_request` for a regular expression that takes too long */
  async groups(query: GroupQuery): Promise<InstanceGroup[]> {
    return groupsOf(await this.found(query, [...query.by, ...query.metrics]), query);
  }

  /** @throws PlatformError `bad_request` for a regular expression that takes too long */
  async *listAll(query: WholeListQuery): AsyncGenerator<FiguredInstance[], void> {
    const { limit, metrics, sort } = query;
    const isFew = limit !== undefined && isIndexed(query);
    if (isFew && (metrics.length > 0 || sort.field.kind === "metric"))
      return yield* this.loaded((await this.list({ ...query, limit })).page, query);
    const found = isFew ? (await this.byStart({ ...query, limit })).page : await this.found(query, [sort.field, ...metrics]);
    const { hasFacts } = needsOf(query.terms, [sort.field]);
    for await (const block of inTurns(blocksOf(found, query))) {
      // Facts are read block by block, where the question did not look at them.
      const whole = hasFacts ? block : await this.facts.withFacts(this.database.ask, block);
      yield block.map((one, i) => figured(one, whole[i]!.facts, query));
    }
  }

  /** Of a few instances their figures are read with all else of them. */
  private async *loaded(page: readonly Candidate[], query: WholeListQuery): AsyncGenerator<FiguredInstance[], void> {
    for (const block of blocksOf(page, query)) {
      const held = await this.loader.fresh(block.map(({ id }) => id));
      yield block.flatMap(({ id }) => {
        const one = held.get(id);
        return one === undefined ? [] : [figured({ ...one, series: figuresIn(one, query.metrics) }, one.facts, query)];
      });
    }
  }

  private async byStart(query: ListQuery): Promise<CandidatePage<LightRow>> {
    const training = trainingOf(query.terms);
    const count = needed(query);
    const [of, values] = training === undefined ? ["", []] : [" AND i.training = $2", [training]];
    const direction = query.sort.isDown ? "DESC" : "ASC";
    // Those without a start stand last, whatever the direction; ids of the same start go up.
    const order = `ORDER BY i.start_ms ${direction} NULLS LAST, i.id LIMIT $1`;
    const first = readLight(this.database.ask, `i.deleted_ms IS NULL${of} ${order}`, [count, ...values]);
    const [rows, total] = await Promise.all([first, this.count(training)]);
    return pageOf(rows, query, total);
  }

  /** The first of those whose figures the tables have, and all others: the page is among them. */
  private async byMetric(query: ListQuery, field: MetricField): Promise<CandidatePage<Candidate>> {
    const training = trainingOf(query.terms);
    const of = { training, count: needed(query), isDown: query.sort.isDown };
    // Nothing is counted on the connection that finds the first: both take about as long.
    const [{ first, untold }, total] = await Promise.all([
      this.database.snapshot((ask) => firstByFigure(ask, field, of)),
      this.count(training),
    ]);
    const newer = await this.loader.fresh(untold);
    const shown = [...newer.values()].filter((held) => held.deletedMs === undefined && held.training === (training ?? held.training));
    const fresh = shown.map((held): Candidate => ({ ...held, series: figuresIn(held, [field]) }));
    return pageOf([...first, ...fresh], query, total);
  }

  private async count(training: string | undefined): Promise<number> {
    const text = "SELECT count(*) AS count FROM ava.instances WHERE deleted_ms IS NULL AND ($1::text IS NULL OR training = $1)";
    return (await this.database.ask<{ count: number }>(text, [training ?? null]))[0]!.count;
  }

  /** Looks at all instances. @param shown - fields that the caller looks at, beside those of the terms */
  private async found(query: LookQuery, shown: readonly Field[]): Promise<LightRow[]> {
    const { ask } = this.database;
    const needs = needsOf(query.terms, shown);
    const training = trainingOf(query.terms);
    const ids = namedBy(query.terms, "id");
    const found: LightRow[] = [];
    const names = rememberedNames(needs.metrics);
    const all = ids === undefined ? await this.light.all(names ?? []) : undefined;
    const rows = training === undefined ? all : all?.filter((row) => row.training === training);
    const hasFigures = rows !== undefined && names !== undefined;
    if (hasFigures) await putFigures(this.database, this.loader, names, rows);
    const figures = ids !== undefined || hasFigures ? undefined : await readFigures(this.database, this.loader, needs.metrics, training);
    for await (const block of rows === undefined ? allLight(ask, { training, ids }) : inTurns(partsOf(rows))) {
      const held = ids === undefined || needs.metrics.length === 0 ? undefined : await this.loader.fresh(block.map(({ id }) => id));
      for (const row of needs.hasFacts ? await this.facts.withFacts(ask, block) : block) {
        const series = hasFigures ? row.series : (held?.get(row.id)?.series ?? figures?.get(row.no) ?? NO_SERIES);
        const candidate = series === row.series ? row : { ...row, series };
        if (matches(candidate, query.terms, query.lostBeforeMs)) found.push(candidate);
      }
    }
    return found;
  }
}

function* partsOf(rows: readonly LightRow[]): Generator<readonly LightRow[], void> {
  for (let start = 0; start < rows.length; start += BLOCK_ROWS) yield rows.slice(start, start + BLOCK_ROWS);
}
