import { seriesKey } from "ava-protocol";
import type {
  Field,
  FiguredInstance,
  GroupQuery,
  InstanceGroup,
  InstancePage,
  ListedInstance,
  ListQuery,
  MetricField,
  WholeListQuery,
} from "../../contract/list.js";
import type { Candidate } from "../../listing/candidate.js";
import { groupsOf } from "../../listing/groups.js";
import { blocksOf, type CandidatePage, figured, matches, pageOf, rowsPerLook, startOf } from "../../listing/list.js";
import { isIndexed, namedBy, needsOf, trainingOf } from "../../listing/needs.js";
import { MANY_ROWS, rememberedNames } from "../../listing/remembered.js";
import { inSlices, inTurns, type Steps } from "../../slices.js";
import { listed } from "../../state/view.js";
import type { Ask, Database } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import type { Loader } from "../load/loader.js";
import { FACTS_ROWS, FactsReader } from "./facts-reader.js";
import { figuresIn, readFigures } from "./figures.js";
import { firstByFigure } from "./first-by-figure.js";
import { lean } from "./lean.js";
import { allLight, BLOCK_ROWS, type LightRow, NO_SERIES, readLight } from "./light.js";
import { LightRows, type Moment } from "./light-rows.js";
import { putFigures } from "./row-figures.js";

/** Instances that may have come in front since the page before was asked for, and are still passed. */
const NEW_IN_FRONT = 1000;

/** @returns how many of the first instances a page needs */
function needed({ cursor, limit }: ListQuery): number {
  return cursor === undefined ? limit : startOf(cursor) + limit + NEW_IN_FRONT;
}

/** After how long without a question the server hears of a transaction, in milliseconds. */
const KEEP_MS = 5000;

/** Which instances are looked for. */
type LookQuery = Pick<ListQuery, "terms" | "lostBeforeMs">;

/** Finds the instances of a list, and answers with what they are at the moment at which it looks at all of them. */
export class Lister {
  private readonly database: Database;
  private readonly loader: Loader;
  private readonly facts = new FactsReader();
  private readonly light: LightRows;
  private isReadingBehind = false;

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
  list(query: ListQuery): Promise<InstancePage> {
    return this.at(query, [query.sort.field], async (moment) => {
      const { page, ...rest } = await this.pageIn(moment, query);
      const view = (held: HeldInstance, heartbeatMs: number): ListedInstance => ({ ...listed(held, query.seriesNames), heartbeatMs });
      return { instances: await this.viewsOf(moment, page, view), ...rest };
    });
  }

  /** @throws PlatformError `bad_request` for a regular expression that takes too long */
  groups(query: GroupQuery): Promise<InstanceGroup[]> {
    const shown = [...query.by, ...query.metrics];
    return this.at(query, shown, async (moment) => inSlices(groupsOf(await this.found(moment, query, shown), query)));
  }

  /** Facts that are not remembered are read as the caller takes them, when the moment is over. @throws PlatformError `bad_request` for a regular expression that takes too long */
  async *listAll(query: WholeListQuery): AsyncGenerator<FiguredInstance[], void> {
    const { limit, metrics, sort } = query;
    const isFew = limit !== undefined && isIndexed(query);
    if (isFew && metrics.length > 0) return yield* await this.figuredFirst({ ...query, limit });
    const shown = isFew ? [sort.field] : [sort.field, ...metrics];
    const found = await this.at(query, shown, async (moment) => {
      const rows = isFew ? (await this.pageIn(moment, { ...query, limit })).page : await this.found(moment, query, shown);
      for (const block of partsOf(rows, FACTS_ROWS)) if (!(await this.facts.remember(moment.ask, block))) break;
      return rows;
    });
    for await (const block of inTurns(blocksOf(found, query))) {
      const whole = await this.facts.withNewestFacts(this.database.ask, block);
      yield block.map((one, i) => figured(one, whole[i]!.facts, query));
    }
  }

  /** Of a few instances their figures are read with all else of them. */
  private figuredFirst(query: WholeListQuery & { limit: number }): Promise<FiguredInstance[][]> {
    return this.at(query, [query.sort.field], async (moment) => {
      const { page } = await this.pageIn(moment, query);
      const view = (held: HeldInstance, heartbeatMs: number): FiguredInstance =>
        figured({ ...held, heartbeatMs, series: figuresIn(held, query.metrics) }, held.facts, query);
      return [await this.viewsOf(moment, page, view)];
    });
  }

  private async viewsOf<View>(
    { ask }: Moment,
    page: readonly Candidate[],
    view: (held: HeldInstance, heartbeatMs: number) => View,
  ): Promise<View[]> {
    const ids = page.map(({ id }) => id);
    const seen = await this.loader.seenIn(ask, ids, view);
    return ids.flatMap((id) => seen.get(id) ?? []);
  }

  /** Rows of all are looked at, but for a question that an index or ids answer. */
  private async at<Answer>(
    query: LookQuery & Partial<ListQuery>,
    shown: readonly Field[],
    answer: (moment: Moment) => Promise<Answer>,
  ): Promise<Answer> {
    const { sort, terms } = query;
    const hasIndex = sort !== undefined && isIndexed({ sort, terms });
    const isAll = namedBy(terms, "id") === undefined && !(hasIndex && sort.field.kind === "fact");
    if (!isAll) return this.database.snapshot((ask) => answer({ ask, rows: undefined }));
    const names = rememberedNames(needsOf(terms, shown).metrics) ?? new Set<string>();
    if (!hasIndex) return this.light.at(names, answer);
    let isRemembered = false;
    const indexed = ({ ask, rows }: Moment): Promise<Answer> => {
      const missing = rows === undefined ? Number.POSITIVE_INFINITY : missingFigures(names, rows);
      isRemembered = missing <= MANY_ROWS;
      return answer({ ask, rows: isRemembered ? rows : undefined, haveFigures: missing === 0 });
    };
    const answered = await this.light.at(names, indexed, true);
    if (!isRemembered && !this.light.areTooMany) this.readBehind(names);
    return answered;
  }

  /** Reads what a list by a metric was answered without, for the next ones. A failure is told by the next question. */
  private readBehind(names: ReadonlySet<string>): void {
    if (this.isReadingBehind) return;
    this.isReadingBehind = true;
    const read = async ({ ask, rows }: Moment): Promise<void> => {
      if (rows !== undefined) await putFigures(ask, this.loader, names, rows);
    };
    void this.light
      .at(names, read)
      .catch(() => undefined)
      .finally(() => (this.isReadingBehind = false));
  }

  private async pageIn(moment: Moment, query: ListQuery): Promise<CandidatePage<LightRow>> {
    const { field } = query.sort;
    if (isByStart(query)) return this.byStart(moment, query);
    if (isIndexed(query) && field.kind === "metric" && moment.rows === undefined) return this.byMetric(moment, query, field);
    return pageOf(await this.found(moment, query, [field]), query);
  }

  private async byStart({ ask }: Moment, query: ListQuery): Promise<CandidatePage<LightRow>> {
    const training = trainingOf(query.terms);
    const count = needed(query);
    const [of, values] = training === undefined ? ["", []] : [" AND i.training = $2", [training]];
    const direction = query.sort.isDown ? "DESC" : "ASC";
    // Those without a start stand last, whatever the direction; ids of the same start go up.
    const order = `ORDER BY i.start_ms ${direction} NULLS LAST, i.id LIMIT $1`;
    const rows = await readLight(ask, `i.deleted_ms IS NULL${of} ${order}`, [count, ...values]);
    return pageOf(rows, query, await countOf(ask, training));
  }

  /** The first of those whose figures the tables have, and all others: the page is among them. */
  private async byMetric({ ask }: Moment, query: ListQuery, field: MetricField): Promise<CandidatePage<LightRow>> {
    const training = trainingOf(query.terms);
    const { first, untold } = await firstByFigure(ask, field, { training, count: needed(query), isDown: query.sort.isDown });
    const figures = new Map<string, LightRow["series"]>();
    await this.loader.seenIn(
      ask,
      untold.map(({ id }) => id),
      (held) => void figures.set(held.id, figuresIn(held, [field])),
    );
    const others = untold.map((row): LightRow => ({ ...row, series: figures.get(row.id) ?? NO_SERIES }));
    return pageOf([...first, ...others], query, await countOf(ask, training));
  }

  /** Looks at all instances. @param shown - fields that the caller looks at, beside those of the terms: rows have what they need for them, and no more where that is not remembered */
  private async found({ ask, rows: all, haveFigures }: Moment, query: LookQuery, shown: readonly Field[]): Promise<LightRow[]> {
    const needs = needsOf(query.terms, shown);
    const training = trainingOf(query.terms);
    const ids = namedBy(query.terms, "id");
    const names = rememberedNames(needs.metrics);
    const rows = training === undefined ? all : all?.filter((row) => row.training === training);
    const hasFigures = rows !== undefined && names !== undefined;
    if (hasFigures && haveFigures !== true) await putFigures(ask, this.loader, names, rows);
    const figures = ids !== undefined || hasFigures ? undefined : await readFigures(ask, this.loader, needs.metrics, training);
    const found: LightRow[] = [];
    let askedMs = performance.now();
    const blockRows = needs.hasFacts ? FACTS_ROWS : BLOCK_ROWS;
    for await (const block of rows === undefined ? allLight(ask, { training, ids, blockRows }) : inTurns(partsOf(rows, blockRows))) {
      const held = new Map<string, LightRow["series"]>();
      if (ids !== undefined && needs.metrics.length > 0)
        await this.loader.seenIn(
          ask,
          block.map(({ id }) => id),
          (one) => void held.set(one.id, figuresIn(one, needs.metrics)),
        );
      const seriesOf = (row: LightRow): LightRow["series"] => held.get(row.id) ?? figures?.get(row.no) ?? NO_SERIES;
      const whole = needs.hasFacts ? await this.facts.withFacts(ask, block) : block;
      await inSlices(look(whole, hasFigures ? undefined : seriesOf, query, shown, found));
      // The server ends a transaction in which nothing is asked for half a minute, as while a regular expression takes long.
      if (performance.now() - askedMs < KEEP_MS) continue;
      await ask("SELECT 1");
      askedMs = performance.now();
    }
    return found;
  }
}

/** @param seriesOf - absent where the rows have their figures @param found - what matches is put there */
function* look(
  rows: readonly LightRow[],
  seriesOf: ((row: LightRow) => LightRow["series"]) | undefined,
  { terms, lostBeforeMs }: LookQuery,
  shown: readonly Field[],
  found: LightRow[],
): Steps {
  const perLook = rowsPerLook(terms);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const candidate = seriesOf === undefined ? row : { ...row, series: seriesOf(row) };
    if (matches(candidate, terms, lostBeforeMs)) found.push(lean(candidate, shown, lostBeforeMs));
    if (i % perLook === 0) yield;
  }
}

/** @returns how many rows lack figures of one of the metrics; a little more than many where there are more */
function missingFigures(names: ReadonlySet<string>, rows: readonly LightRow[]): number {
  const keys = [...names].map((name) => seriesKey(name, undefined));
  let missing = 0;
  for (const { series } of rows) {
    for (const key of keys) {
      if (series.has(key)) continue;
      if (++missing > MANY_ROWS) return missing;
      break;
    }
  }
  return missing;
}

/** @returns whether an index gives the first of a list: by start, of all instances or one training */
function isByStart(query: Pick<ListQuery, "terms" | "sort">): boolean {
  return query.sort.field.kind === "fact" && isIndexed(query);
}

async function countOf(ask: Ask, training: string | undefined): Promise<number> {
  const text = "SELECT count(*) AS count FROM ava.instances WHERE deleted_ms IS NULL AND ($1::text IS NULL OR training = $1)";
  return (await ask<{ count: number }>(text, [training ?? null]))[0]!.count;
}

function* partsOf<Row>(rows: readonly Row[], size: number): Generator<readonly Row[], void> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
