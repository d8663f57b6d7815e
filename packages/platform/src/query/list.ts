import { type InstanceSummary, jsonValue, parseJsonText } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { Store } from "../store/contract/store.js";
import type { Instance } from "../store/embedded/instance/instance.js";
import { type Clock, stateOf, summarizeInstance } from "./instances.js";
import { paramAt, paramsOf } from "./params.js";

/** One page of instances. */
export interface InstancePage {
  instances: InstanceSummary[];
  /** Instances that the filter lets through, on all pages. */
  total: number;
  /** Given back as `cursor` it leads to the next page. */
  nextCursor?: string;
}

/** What to list: see `GET /v1/instances` in the OpenAPI document. */
export interface ListQuery {
  /** Only of this one. */
  training?: string;
  filter: string;
  sort: string;
  limit: number;
  cursor: string | undefined;
}

type Test = (instance: Instance, clock: Clock) => boolean;

/**
 * Lists instances.
 *
 * @throws PlatformError `bad_request` for a cursor that is none
 */
export function listInstances(store: Store, clock: Clock, query: ListQuery): InstancePage {
  const { training } = query;
  const tests = query.filter.split(/\s+/).filter(Boolean).map(parseTerm);
  if (training !== undefined) tests.push((instance) => instance.training === training);
  const found = [...store.instances.values()].filter((instance) => tests.every((test) => test(instance, clock)));
  sortInstances(found, query.sort, clock);
  const start = query.cursor === undefined ? 0 : startAfter(found, query.cursor);
  const page = found.slice(start, start + query.limit);
  const hasMore = start + page.length < found.length;
  return {
    instances: page.map((instance) => summarizeInstance(instance, clock)),
    total: found.length,
    ...(hasMore ? { nextCursor: encodeCursor(start + page.length, page.at(-1)!.id) } : {}),
  };
}

/** One term of a filter: `training=NAME`, `state=STATE`, `params.KEY=VALUE`, or text that is looked for in id, name, training and params. */
function parseTerm(term: string): Test {
  const [, key, value = ""] = /^([A-Za-z][\w.-]*)=(.*)$/.exec(term) ?? [];
  if (key === "training") return (instance) => instance.training === value;
  if (key === "state") return (instance, clock) => value.split(",").includes(stateOf(instance, clock));
  if (key?.startsWith("params.")) {
    const path = key.slice("params.".length);
    const wanted = asParam(value);
    return ({ facts }) => [value, wanted].includes(paramAt(facts, path));
  }
  const text = term.toLowerCase();
  return ({ id, training, facts }) => `${id} ${facts.name ?? ""} ${training} ${paramsOf(facts).text}`.toLowerCase().includes(text);
}

/** A text that is a number is meant as one: `0.10` finds 0.1. */
function asParam(text: string): unknown {
  try {
    const node = parseJsonText(text);
    return node.kind === "number" ? jsonValue(text, node) : text;
  } catch {
    return text;
  }
}

type SortValue = number | string | undefined;

function sortInstances(instances: Instance[], sort: string, clock: Clock): void {
  const isDown = sort.startsWith("-");
  const key = isDown ? sort.slice(1) : sort;
  const values = new Map<Instance, SortValue>(instances.map((instance) => [instance, sortValue(instance, key, clock)]));
  instances.sort((a, b) => {
    const [left, right] = [values.get(a), values.get(b)];
    // Instances without the value stand last, whatever the direction.
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined) || compare(a.id, b.id);
    return (isDown ? compare(right, left) : compare(left, right)) || compare(a.id, b.id);
  });
}

function sortValue(instance: Instance, key: string, clock: Clock): SortValue {
  const { facts } = instance;
  switch (key) {
    case "id":
      return instance.id;
    case "training":
      return instance.training;
    case "state":
      return stateOf(instance, clock);
    case "startTime":
    case "stopTime":
      return facts[key] === undefined ? undefined : Date.parse(facts[key]);
    case "heartbeatTime":
      return instance.heartbeatMs;
  }
  if (key.startsWith("params.")) {
    const value = paramAt(facts, key.slice("params.".length));
    return typeof value === "bigint" ? Number(value) : value;
  }
  return sortByMetric(instance, key);
}

/** `loss`, `min:loss`, `max:loss`: last, least or greatest value of the first series of that name. */
function sortByMetric(instance: Instance, key: string): SortValue {
  const [, which = "last", name = key] = /^(min|max|last):(.+)$/.exec(key) ?? [];
  const series = instance.series.get(name) ?? [...instance.series.values()].find((other) => other.name === name);
  const value = series?.totals[which as "min" | "max" | "last"];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === "number" ? -1 : 1;
}

function encodeCursor(start: number, lastId: string): string {
  return Buffer.from(JSON.stringify([start, lastId])).toString("base64url");
}

/** Goes on after the last instance of the page before, also when new ones have come in front of it. */
function startAfter(found: Instance[], cursor: string): number {
  try {
    const [start, lastId] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [number, string];
    const last = found.findIndex((instance) => instance.id === lastId);
    if (Number.isSafeInteger(start) && start >= 0) return last < 0 ? start : last + 1;
  } catch {
    // Answered below, like any other text that is no cursor.
  }
  throw new PlatformError("bad_request", "cursor is not one that a list has answered with.");
}
