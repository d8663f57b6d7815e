import { seriesKey } from "ava-protocol";
import type { Field, FiguredInstance, GroupQuery, InstanceGroup, ListQuery, WholeListQuery } from "../contract/list.js";
import type { Candidate } from "../listing/candidate.js";
import { groupsOf } from "../listing/groups.js";
import { blocksOf, type CandidatePage, figured, matches, pageOf, rowsPerLook, startOf } from "../listing/list.js";
import { isIndexed, type ListNeeds, namedBy, needsOf, trainingOf } from "../listing/needs.js";
import { MAX_ROWS, rememberedNames } from "../listing/remembered.js";
import { inSlices, inTurns, type Steps } from "../slices.js";
import type { CandidateReader } from "./database/candidates.js";
import type { FiguredHead, HeadQuery, HeadReader } from "./database/heads.js";
import { BLOCK_ROWS } from "./database/light-rows.js";
import type { StoredInstance } from "./instance-state.js";
import { type ListedRow, listedRow } from "./listed.js";
import type { Memory } from "./memory.js";

/** Instances that may have come in front since the page before was asked for, and are still passed. */
const NEW_IN_FRONT = 1000;

/** Finds the instances of a page of a list: by the index where that is enough, else by looking at all. */
export class Lister {
  private readonly memory: Memory;
  private readonly heads: HeadReader;
  private readonly reader: CandidateReader;

  constructor(memory: Memory, heads: HeadReader, reader: CandidateReader) {
    this.memory = memory;
    this.heads = heads;
    this.reader = reader;
  }

  /** @throws PlatformError `bad_request` for a cursor that is none */
  async list(query: ListQuery): Promise<CandidatePage<Candidate>> {
    return isIndexed(query) ? this.byIndex(query) : pageOf(await this.found(query, [query.sort.field]), query);
  }

  /** @throws PlatformError `bad_request` for a regular expression that takes too long */
  async groups(query: GroupQuery): Promise<InstanceGroup[]> {
    return inSlices(groupsOf(await this.found(query, [...query.by, ...query.metrics]), query));
  }

  /** @throws PlatformError `bad_request` for a regular expression that takes too long */
  async *listAll(query: WholeListQuery): AsyncGenerator<FiguredInstance[], void> {
    const { limit, metrics, sort } = query;
    if (limit === undefined || !isIndexed(query)) {
      yield* inTurns(this.figured(await this.found(query, [sort.field, ...metrics]), query));
      return;
    }
    const { page } = this.byIndex({ ...query, limit });
    yield* inTurns(this.figured(metrics.length === 0 ? page : page.flatMap(({ id }) => this.memory.held(id) ?? []), query));
  }

  /** Facts are read block by block, where the question did not look at them. */
  private *figured(found: readonly Candidate[], query: WholeListQuery): Generator<FiguredInstance[], void> {
    const { hasFacts } = needsOf(query.terms, [query.sort.field]);
    for (const block of blocksOf(found, query)) {
      yield block.flatMap((candidate) => {
        const facts = hasFacts ? candidate.facts : this.reader.factsOf(candidate.id);
        return facts === undefined ? [] : [figured(candidate, facts, query)];
      });
    }
  }

  private byIndex(query: ListQuery): CandidatePage<Candidate> {
    const training = trainingOf(query.terms);
    const { unstored } = this.memory;
    const ids = this.notAsked(unstored);
    const of = { changed: ids, ...(training === undefined ? {} : { training }) };
    const newer = unstored.filter((one) => isListed(one, query));
    const count = startOf(query.cursor) + query.limit + NEW_IN_FRONT + newer.length;
    const first = this.first(query.sort, of, count);
    const stored = this.heads.count(of);
    if (training === undefined) this.heads.compareCount(stored, this.expected(ids));
    const total = stored + newer.length;
    return pageOf([...first, ...newer], query, total);
  }

  private first({ field, isDown }: ListQuery["sort"], of: HeadQuery, count: number): Candidate[] {
    if (field.kind !== "metric") return this.heads.first(of, { count, isDown }).map((head) => ({ ...head, series: new Map() }));
    const { figure, name } = field;
    const asSeries = ({ head, figures: totals }: FiguredHead): Candidate => ({
      ...head,
      series: new Map(totals && [[seriesKey(name, undefined), { name, labels: {}, totals }]]),
    });
    return this.heads.firstBy(figure, name, of, { count, isDown }).map(asSeries);
  }

  /** Looks at all instances. @param shown - fields that the caller looks at, beside those of the terms */
  private async found(query: LookQuery, shown: readonly Field[]): Promise<Candidate[]> {
    // What changes meanwhile is looked at in the end, too; what is stored meanwhile has been there before.
    const found = new Map<string, Candidate>();
    const ids = namedBy(query.terms, "id");
    const before = ids === undefined ? await this.lookAtAll(query, shown, found) : await inSlices(this.lookAt(ids, query, found));
    for (const instance of [...before, ...this.memory.unstored]) {
      if (isListed(instance, query)) found.set(instance.id, instance);
      else found.delete(instance.id);
    }
    return [...found.values()];
  }

  /** @returns what was not stored when it looked */
  private async lookAtAll(query: LookQuery, shown: readonly Field[], found: Map<string, Candidate>): Promise<readonly StoredInstance[]> {
    const needs = needsOf(query.terms, shown);
    const names = rememberedNames(needs.metrics);
    this.memory.listed.willHave(names ?? []);
    for (;;) {
      if (!(await this.readRows())) continue;
      const unstored = await inSlices(this.look(query, needs, names, found));
      if (unstored !== undefined) return unstored;
    }
  }

  /** Those that memory knows better, or knows that they cannot be shown. */
  private notAsked(unstored: readonly { id: string }[]): string[] {
    return [...unstored.map(({ id }) => id), ...this.memory.setAside.keys()];
  }

  private *lookAt(ids: readonly string[], query: LookQuery, found: Map<string, Candidate>): Steps<readonly StoredInstance[]> {
    const before = this.memory.unstored;
    for (const id of new Set(ids)) {
      const instance = this.memory.held(id);
      if (instance !== undefined && isListed(instance, query)) found.set(id, instance);
      yield;
    }
    return before;
  }

  /** @param names - of the metrics, where none has labels: their figures stay with the rows @returns what was not stored; `undefined` where the rows were forgotten meanwhile */
  private *look(
    query: LookQuery,
    needs: ListNeeds,
    names: ReadonlySet<string> | undefined,
    found: Map<string, Candidate>,
  ): Steps<readonly StoredInstance[] | undefined> {
    const training = trainingOf(query.terms);
    const stored = yield* this.stored();
    if (stored === undefined) return undefined;
    const { rows: all, unstored } = stored;
    const rows = training === undefined ? all : all.filter((row) => row.training === training);
    const figures = names === undefined ? new Map() : undefined;
    if (names !== undefined) yield* this.reader.putFigures(names, rows);
    else yield* this.reader.readFigures(needs.metrics, figures!);
    const perLook = rowsPerLook(query.terms);
    for (const [i, row] of rows.entries()) {
      if (i % perLook === 0) yield;
      if (this.memory.setAside.has(row.id)) continue;
      const candidate = this.reader.candidate(row, needs, figures);
      if (candidate !== undefined && matches(candidate, query.terms, query.lostBeforeMs)) found.set(row.id, candidate);
    }
    return unstored;
  }

  /** Rows of all that is stored as it is, and what is not, as of one moment: those that changed since the question before are read. `undefined` where the rows were forgotten meanwhile. */
  private *stored(): Steps<{ rows: readonly ListedRow[]; unstored: readonly StoredInstance[] } | undefined> {
    const { listed } = this.memory;
    const { rows } = listed;
    for (;;) {
      if (rows === undefined || listed.rows !== rows) return undefined;
      const { unstored } = this.memory;
      const ids = new Set(unstored.map(({ id }) => id));
      const stale: string[] = [];
      for (const id of listed.stale) if (!ids.has(id) && stale.push(id) === BLOCK_ROWS) break;
      if (stale.length === 0) {
        if (rows.size > MAX_ROWS) listed.clear();
        return { rows: [...rows.values()], unstored };
      }
      for (const id of stale) rows.delete(id);
      for (const head of this.heads.of(stale)) rows.set(head.id, listedRow(head));
      for (const id of stale) listed.stale.delete(id);
      yield;
    }
  }

  /** Reads the rows of all, unless they are remembered. @returns whether they were not forgotten meanwhile @throws PlatformError `store_damaged` */
  private async readRows(): Promise<boolean> {
    const { listed } = this.memory;
    const reading = (listed.reading ??= inSlices(this.readAll()));
    try {
      await reading;
      return listed.reading === reading;
    } catch (error) {
      if (listed.reading === reading) listed.clear();
      throw error;
    }
  }

  private *readAll(): Steps {
    const { listed, unstored } = this.memory;
    const rows = new Map<string, ListedRow>();
    listed.rows = rows;
    for (const { id } of unstored) listed.stale.add(id);
    const changed = this.notAsked(unstored);
    const expected = this.expected(changed);
    const stale = listed.stale.size;
    let seen = 0;
    for (const heads of this.heads.all({ changed })) {
      seen += heads.length;
      // One that changed meanwhile is stale, and looked at where it is not stored.
      for (const head of heads) rows.set(head.id, listedRow(head));
      yield;
    }
    // One that changed meanwhile may have been deleted before it was come to.
    if (listed.rows === rows) this.heads.compareCount(seen + listed.stale.size - stale, expected);
  }

  /** Heads that there are at least, but for these instances. */
  private expected(changed: readonly string[]): number {
    return (
      this.memory.storedInstances -
      this.heads.countDeleted() -
      changed.filter((id) => this.memory.instances.get(id)?.isStored !== false).length
    );
  }
}

/** Which instances are looked for. */
type LookQuery = Pick<ListQuery, "terms" | "lostBeforeMs">;

function isListed(instance: StoredInstance, { terms, lostBeforeMs }: LookQuery): boolean {
  return instance.deletedMs === undefined && matches(instance, terms, lostBeforeMs);
}
