import { type InstanceSummary, jsonValue, parseJsonText } from "ava-protocol";
import type { Field, Term } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { type Clock, lostBeforeMs, summarizeInstance } from "./instances.js";

/** One page of instances. */
export interface SummaryPage {
  instances: InstanceSummary[];
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
  limit: number;
  cursor: string | undefined;
}

/**
 * Lists instances.
 *
 * @throws PlatformError `bad_request` for a cursor that is none
 */
export async function listInstances(store: Store, clock: Clock, request: ListRequest): Promise<SummaryPage> {
  const { training, filter, sort, limit, cursor } = request;
  const terms = filter.split(/\s+/).filter(Boolean).map(parseTerm);
  if (training !== undefined) terms.push({ field: TRAINING, oneOf: [training] });
  const isDown = sort.startsWith("-");
  const page = await store.list({
    terms,
    sort: { field: sortField(isDown ? sort.slice(1) : sort), isDown },
    limit,
    lostBeforeMs: lostBeforeMs(clock),
    ...(cursor === undefined ? {} : { cursor }),
  });
  return { ...page, instances: page.instances.map((instance) => summarizeInstance(instance, clock)) };
}

/** Instances that are asked for at a time. */
const PAGE = 1000;

/** @returns ids of all instances of a training, in order */
export async function idsOfTraining(store: Store, training: string): Promise<string[]> {
  const ids: string[] = [];
  const terms = [{ field: TRAINING, oneOf: [training] }];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const query = { terms, sort: { field: ID, isDown: false }, limit: PAGE, lostBeforeMs: 0, seriesNames: [] };
    const page = await store.list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.instances.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

const ID: Field = { kind: "fact", name: "id" };

const TRAINING: Field = { kind: "fact", name: "training" };

/** One term of a filter: `training=NAME`, `state=STATE`, `params.KEY=VALUE`, or text that is looked for in id, name, training and params. */
function parseTerm(term: string): Term {
  const [, key, value = ""] = /^([A-Za-z][\w.-]*)=(.*)$/.exec(term) ?? [];
  if (key === "training") return { field: TRAINING, oneOf: [value] };
  if (key === "state") return { field: { kind: "fact", name: "state" }, oneOf: value.split(",") };
  if (key?.startsWith("params.")) return { field: { kind: "param", key: key.slice("params.".length) }, oneOf: [value, asParam(value)] };
  return { text: term.toLowerCase() };
}

/** A text that is a number is meant as one: `0.10` finds 0.1. */
function asParam(text: string): string | number | bigint {
  try {
    const node = parseJsonText(text);
    return node.kind === "number" ? (jsonValue(text, node) as number | bigint) : text;
  } catch {
    return text;
  }
}

const FACTS = new Set(["id", "training", "state", "startTime", "stopTime", "heartbeatTime"]);

/** A fact, `params.KEY`, or `loss`, `min:loss`, `max:loss`: last, least or greatest value of the first series of that name. */
function sortField(key: string): Field {
  if (FACTS.has(key)) return { kind: "fact", name: key as Extract<Field, { kind: "fact" }>["name"] };
  if (key.startsWith("params.")) return { kind: "param", key: key.slice("params.".length) };
  const [, figure = "last", name = key] = /^(min|max|last):(.+)$/.exec(key) ?? [];
  return { kind: "metric", figure: figure as "min" | "max" | "last", name };
}
