import { seriesKey } from "ava-protocol";
import type { Field, GroupQuery, InstanceGroup, ListQuery, MetricField } from "../../contract/list.js";
import type { Candidate } from "../../listing/candidate.js";
import { groupsOf } from "../../listing/groups.js";
import { type CandidatePage, matches, pageOf, startOf } from "../../listing/list.js";
import { namedBy, needsOf, trainingOf } from "../../listing/needs.js";
import type { Database } from "../connect/database.js";
import type { Loader } from "../load/loader.js";
import { figuresIn, figuresOf, NO_SERIES, readFigures, unsealedIds } from "./figures.js";
import { allLight, FactsReader, LIGHT, lightRow, readLight } from "./light.js";

/** Instances that may have come in front since the page before was asked for, and are still passed. */
const NEW_IN_FRONT = 1000;

/** Which instances are looked for. */
type LookQuery = Pick<ListQuery, "terms" | "lostBeforeMs">;

/** Finds the instances of a page of a list: by an index where that is enough, else by looking at all. */
export class Lister {
  private readonly database: Database;
  private readonly loader: Loader;
  private readonly facts = new FactsReader();

  constructor(database: Database, loader: Loader) {
    this.database = database;
    this.loader = loader;
  }

  /** @throws PlatformError `bad_request` for a cursor that is none */
  async list(query: ListQuery): Promise<CandidatePage<Candidate>> {
    const { field } = query.sort;
    const training = trainingOf(query.terms);
    if (query.terms.length === (training === undefined ? 0 : 1)) {
      if (field.kind === "fact" && field.name === "startTime") return this.byStart(query, training);
      if (field.kind === "metric" && field.labels === undefined) return this.byMetric(query, field, training);
    }
    return pageOf(await this.found(query, [field]), query);
  }

  /** @throws PlatformError `bad_request` for a regular expression that takes too long */
  async groups(query: GroupQuery): Promise<InstanceGroup[]> {
    return groupsOf(await this.found(query, [...query.by, ...query.metrics]), query);
  }

  private async byStart(query: ListQuery, training: string | undefined): Promise<CandidatePage<Candidate>> {
    const count = startOf(query.cursor) + query.limit + NEW_IN_FRONT;
    const [of, values] = training === undefined ? ["", []] : [" AND i.training = $2", [training]];
    const direction = query.sort.isDown ? "DESC" : "ASC";
    // Those without a start stand last, whatever the direction; ids of the same start go up.
    const order = `ORDER BY i.start_ms ${direction} NULLS LAST, i.id LIMIT $1`;
    const rows = await readLight(this.database.ask, `i.deleted_ms IS NULL${of} ${order}`, [count, ...values]);
    const total = rows.length < count ? rows.length : await this.count(training);
    return pageOf(
      rows.map(({ head }): Candidate => ({ ...head, series: NO_SERIES })),
      query,
      total,
    );
  }

  /** The first of those that are sealed, and all that are not: the page is among them. */
  private async byMetric(query: ListQuery, field: MetricField, training: string | undefined): Promise<CandidatePage<Candidate>> {
    const { ask } = this.database;
    const { name, figure } = field;
    const unsealed = await unsealedIds(ask, training);
    const newer = await this.loader.fresh(unsealed);
    const shown = [...newer.values()].filter((held) => held.deletedMs === undefined && held.training === (training ?? held.training));
    const count = startOf(query.cursor) + query.limit + NEW_IN_FRONT + unsealed.length;
    const values = [count, name, [...newer.values()].map(({ no }) => no), training ?? null];
    const isSealed = "i.deleted_ms IS NULL AND i.no <> ALL ($3::bigint[]) AND ($4::text IS NULL OR i.training = $4)";
    const direction = query.sort.isDown ? "DESC" : "ASC";
    type Row = Parameters<typeof lightRow>[0] & Parameters<typeof figuresOf>[0];
    const rows = await ask<Row>(
      `SELECT ${LIGHT}, f.last, f.min, f.max, f.count
       FROM ava.figures f JOIN ava.instances i ON i.no = f.instance
       WHERE f.name = $2 AND f.${figure} IS NOT NULL AND ${isSealed}
       ORDER BY f.${figure} ${direction}, i.id LIMIT $1`,
      values,
    );
    const first = rows.map((row): Candidate => {
      const series = new Map([[seriesKey(name, undefined), { name, labels: {}, totals: figuresOf(row) }]]);
      return { ...lightRow(row).head, series };
    });
    const rest =
      first.length === count
        ? []
        : await readLight(
            ask,
            `${isSealed} AND NOT EXISTS (SELECT FROM ava.figures f WHERE f.name = $2 AND f.instance = i.no AND f.${figure} IS NOT NULL) ORDER BY i.id LIMIT $1`,
            [count - first.length, ...values.slice(1)],
          );
    const others = rest.map(({ head }): Candidate => ({ ...head, series: NO_SERIES }));
    const fresh = shown.map((held): Candidate => ({ ...held, series: figuresIn(held, [field]) }));
    return pageOf([...first, ...others, ...fresh], query, await this.count(training));
  }

  private async count(training: string | undefined): Promise<number> {
    const text = "SELECT count(*) AS count FROM ava.instances WHERE deleted_ms IS NULL AND ($1::text IS NULL OR training = $1)";
    return (await this.database.ask<{ count: number }>(text, [training ?? null]))[0]!.count;
  }

  /** Looks at all instances. @param shown - fields that the caller looks at, beside those of the terms */
  private async found(query: LookQuery, shown: readonly Field[]): Promise<Candidate[]> {
    const { ask } = this.database;
    const needs = needsOf(query.terms, shown);
    const training = trainingOf(query.terms);
    const ids = namedBy(query.terms, "id");
    const found: Candidate[] = [];
    const figures = ids === undefined ? await readFigures(ask, this.loader, needs.metrics, training) : undefined;
    for await (const rows of allLight(ask, { ...(training === undefined ? {} : { training }), ...(ids === undefined ? {} : { ids }) })) {
      const held = ids === undefined || needs.metrics.length === 0 ? undefined : await this.loader.fresh(rows.map(({ head }) => head.id));
      for (const { no, head } of needs.hasFacts ? await this.facts.withFacts(ask, rows) : rows) {
        const series = held?.get(head.id)?.series ?? figures?.get(no) ?? NO_SERIES;
        const candidate = { ...head, series };
        if (matches(candidate, query.terms, query.lostBeforeMs)) found.push(candidate);
      }
    }
    return found;
  }
}
