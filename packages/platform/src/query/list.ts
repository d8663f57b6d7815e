import type { InstanceRow, InstanceSummary } from "ava-protocol";
import type { Field, ListedInstance, Term } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { firstSeries } from "../store/listing/candidate.js";
import { atBest } from "./at-best.js";
import { rowOf, type SeriesCells, seriesOf } from "./columns.js";
import { parseColumns, parseSort } from "./filter/column.js";
import { parseFilter } from "./filter/filter.js";
import { type Clock, lostBeforeMs, summarizeInstance } from "./instances.js";

/** One page of instances; of the asked columns only, where some were asked for. */
export interface SummaryPage {
  instances: (InstanceSummary | InstanceRow)[];
  /** The texts of the asked columns, in their order. */
  columns?: string[];
  /** Instances that the filter lets through, on all pages. */
  total: number;
  /** Given back as `cursor` it leads to the next page. */
  nextCursor?: string;
}

/** What to list: see `GET /v1/instances` in the OpenAPI document. */
export interface ListRequest {
  /** Only of this one. */
  training?: string;
  filter: string;
  sort: string;
  columns?: string;
  limit: number;
  cursor?: string;
}

/**
 * Lists instances.
 *
 * @throws PlatformError `bad_request` for a cursor that no list has answered with, and for a filter, sort or column that cannot be read
 */
export async function listInstances(store: Store, clock: Clock, request: ListRequest): Promise<SummaryPage> {
  const { training, filter, sort, limit, cursor } = request;
  const columns = request.columns === undefined ? undefined : parseColumns(request.columns);
  const page = await store.list({
    terms: termsOf(filter, training),
    sort: parseSort(sort),
    limit,
    lostBeforeMs: lostBeforeMs(clock),
    ...(cursor === undefined ? {} : { cursor }),
    ...(columns === undefined ? {} : { seriesNames: seriesOf(columns) }),
  });
  const show = (instance: ListedInstance): InstanceSummary | Promise<InstanceRow> =>
    columns === undefined ? summarizeInstance(instance, clock) : rowOf(instance, columns, clock, cellsOf(store, instance));
  const keys = columns?.map(({ key }) => key);
  return { ...page, instances: await Promise.all(page.instances.map(show)), ...(keys === undefined ? {} : { columns: keys }) };
}

/** Instances of which all that match are asked for: see `GET /v1/ids` in the OpenAPI document. */
export type IdsRequest = Pick<ListRequest, "training" | "filter">;

/** @returns ids of all instances that a filter lets through, in order @throws PlatformError `bad_request` */
export async function listIds(store: Store, clock: Clock, { training, filter }: IdsRequest): Promise<string[]> {
  const terms = termsOf(filter, training);
  const ids: string[] = [];
  for await (const block of store.listAll({ terms, sort: { field: ID, isDown: false }, lostBeforeMs: lostBeforeMs(clock), metrics: [] }))
    for (const { id } of block) ids.push(id);
  return ids;
}

/** What columns show beside facts. */
function cellsOf(store: Store, instance: ListedInstance): SeriesCells {
  return {
    figure: ({ name, labels, figure }) => firstSeries(instance.series, name, labels)?.[figure],
    atBest: (column) => atBest(store, instance, column),
  };
}

const ID: Field = { kind: "fact", name: "id" };

/** @returns what a filter, and a training where one is named, let through @throws PlatformError `bad_request`, which names the place */
export function termsOf(filter: string, training: string | undefined): Term[] {
  return [...parseFilter(filter), ...(training === undefined ? [] : [trainingTerm(training)])];
}

/** @returns what lets the instances of a training through */
export function trainingTerm(training: string): Term {
  return { field: { kind: "fact", name: "training" }, oneOf: [training] };
}
