import type { InstanceRow, InstanceSummary } from "ava-protocol";
import type { Field, ListedInstance, Term } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { rowOf, seriesOf } from "./columns.js";
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
  const terms = parseFilter(filter);
  if (training !== undefined) terms.push(trainingTerm(training));
  const columns = request.columns === undefined ? undefined : parseColumns(request.columns);
  const page = await store.list({
    terms,
    sort: parseSort(sort),
    limit,
    lostBeforeMs: lostBeforeMs(clock),
    ...(cursor === undefined ? {} : { cursor }),
    ...(columns === undefined ? {} : { seriesNames: seriesOf(columns) }),
  });
  const show = (instance: ListedInstance): InstanceSummary | Promise<InstanceRow> =>
    columns === undefined ? summarizeInstance(instance, clock) : rowOf(store, instance, columns, clock);
  const keys = columns?.map(({ key }) => key);
  return { ...page, instances: await Promise.all(page.instances.map(show)), ...(keys === undefined ? {} : { columns: keys }) };
}

/** Instances that are asked for at a time. */
const PAGE = 1000;

/** @returns ids of all instances of a training, in order */
export async function idsOfTraining(store: Store, training: string): Promise<string[]> {
  const ids: string[] = [];
  const terms = [trainingTerm(training)];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const query = { terms, sort: { field: ID, isDown: false }, limit: PAGE, lostBeforeMs: 0, seriesNames: [] };
    const page = await store.list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.instances.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

const ID: Field = { kind: "fact", name: "id" };

/** @returns what lets the instances of a training through */
export function trainingTerm(training: string): Term {
  return { field: { kind: "fact", name: "training" }, oneOf: [training] };
}
