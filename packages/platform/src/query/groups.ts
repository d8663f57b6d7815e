import { type GroupRow, type GroupsAnswer, toWireNumber } from "ava-protocol";
import { PlatformError } from "../error.js";
import { JsonSource } from "../json-source.js";
import type { GroupFigures, InstanceGroup, Term } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { parseFilter } from "./filter/filter.js";
import { parseGroup, parseMetrics } from "./filter/group.js";
import { type Clock, lostBeforeMs } from "./instances.js";
import { trainingTerm } from "./list.js";

/** What to group: see `GET /v1/groups` in the OpenAPI document. */
export interface GroupsRequest {
  training?: string;
  filter: string;
  group: string;
  columns: string;
  sort?: string;
  limit: number;
}

/**
 * Groups instances.
 *
 * @throws PlatformError `bad_request` for a filter, group, metric or sort that cannot be read
 */
export async function groupInstances(store: Store, clock: Clock, request: GroupsRequest): Promise<GroupsAnswer> {
  const { training, filter, sort, limit } = request;
  const by = parseGroup(request.group);
  const metrics = parseMetrics(request.columns);
  const terms: Term[] = [...parseFilter(filter), ...(training === undefined ? [] : [trainingTerm(training)])];
  const order = orderOf(sort, by, metrics);
  const groups = await store.groups({
    terms,
    by: by.map(({ shown }) => shown),
    metrics: metrics.map(({ shown }) => shown),
    lostBeforeMs: lostBeforeMs(clock),
  });
  return {
    groups: groups
      .sort(order)
      .slice(0, limit)
      .map((group) => rowOf(group, by, metrics, groups)),
    group: by.map(({ key }) => key),
    columns: metrics.map(({ key }) => key),
    total: groups.length,
  };
}

/** Terms of a group's filter: more do not fit into an address. */
const MOST_TERMS = 200;

type Order = (a: InstanceGroup, b: InstanceGroup) => number;

/** @param sort - a field of the group, a metric (its mean), or `count`; with `-` in front descending @throws PlatformError `bad_request` */
function orderOf(sort: string | undefined, by: readonly Asked[], metrics: readonly Asked[]): Order {
  const byValues: Order = (a, b) => first(by.map((_, i) => compare(a.values[i], b.values[i])));
  if (sort === undefined) return byValues;
  const isDown = sort.startsWith("-");
  const key = isDown ? sort.slice(1) : sort;
  const field = by.findIndex((one) => one.key === key);
  const metric = metrics.findIndex((one) => one.key === key);
  if (key !== "count" && field < 0 && metric < 0) {
    const known = ["count", ...[...by, ...metrics].map((one) => one.key)];
    throw new PlatformError("bad_request", `sort ${JSON.stringify(sort)} is none of ${known.join(", ")}.`);
  }
  const valueOf = ({ count, values, figures }: InstanceGroup): Value =>
    field >= 0 ? values[field] : metric >= 0 ? figures[metric]!.mean : count;
  return (a, b) => first([compare(valueOf(a), valueOf(b), isDown), byValues(a, b)]);
}

type Asked = { key: string };
type Value = InstanceGroup["values"][number];

function first(orders: readonly number[]): number {
  return orders.find((order) => order !== 0) ?? 0;
}

/** Numbers stand before texts, groups without the value last, whatever the direction. */
function compare(a: Value, b: Value, isDown = false): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [left, right] = isDown ? [b, a] : [a, b];
  if ((typeof left === "string") !== (typeof right === "string")) return typeof left === "string" ? 1 : -1;
  return left < right ? -1 : left > right ? 1 : 0;
}

function rowOf({ values, count, states, figures }: InstanceGroup, by: Asked[], metrics: Asked[], all: readonly InstanceGroup[]): GroupRow {
  const terms = by.flatMap(({ key }, i) => (values[i] === undefined ? noneOf(key, i, all) : [`${key}=${operandText(values[i])}`]));
  return {
    values: Object.fromEntries(by.flatMap(({ key }, i) => (values[i] === undefined ? [] : [[key, valueAnswer(values[i])]]))),
    count,
    states,
    metrics: Object.fromEntries(metrics.map(({ key }, i) => [key, figuresAnswer(figures[i]!)])),
    ...(terms.length > MOST_TERMS ? {} : { filter: terms.join(" and ") }),
  };
}

/** What has no value has none of those that there are: a filter has no other word for it. */
function noneOf(key: string, i: number, all: readonly InstanceGroup[]): string[] {
  const others = new Set(all.flatMap(({ values }) => (values[i] === undefined ? [] : [operandText(values[i])])));
  return [...others].map((text) => `${key}!=${text}`);
}

/** A text that only looks like a number is quoted, so that the number is not found; one that prints a number is in the number's group. */
function operandText(value: string | number | bigint): string {
  const text = String(value);
  const isNumber = typeof value !== "string" || String(Number(value)) === value;
  return isNumber || (Number.isNaN(Number(text)) && /^[^\s=<>~"]\S*$/.test(text)) ? text : JSON.stringify(text);
}

function valueAnswer(value: string | number | bigint): unknown {
  return typeof value === "bigint" ? new JsonSource(String(value)) : typeof value === "number" ? toWireNumber(value) : value;
}

function figuresAnswer({ count, mean, deviation, min, max }: GroupFigures): GroupRow["metrics"][string] {
  return {
    count,
    ...(mean === undefined ? {} : { mean: toWireNumber(mean) }),
    ...(deviation === undefined ? {} : { deviation: toWireNumber(deviation) }),
    ...(min === undefined || max === undefined ? {} : { min, max }),
  };
}
