import { PlatformError } from "../../error.js";
import type { InstanceHead } from "../contract/instance.js";
import type { FiguredInstance, ListQuery, Term, WholeListQuery } from "../contract/list.js";
import { type Candidate, type FieldValue, valueOf } from "./candidate.js";
import { holds } from "./compare.js";
import { firstOf } from "./first-of.js";
import { paramsTextOf } from "./params.js";

/** A page of instances that are to be shown. */
export interface CandidatePage<One extends Candidate> {
  page: One[];
  total: number;
  nextCursor?: string;
}

/**
 * @param terms - all must hold
 * @param lostBeforeMs - as of `ListQuery`
 * @returns whether an instance belongs into the list
 * @throws PlatformError `bad_request` for a regular expression that takes too long
 */
export function matches(candidate: Candidate, terms: readonly Term[], lostBeforeMs: number): boolean {
  return terms.every((term) => {
    if ("text" in term) return textOf(candidate).includes(term.text);
    return "oneOf" in term ? term.oneOf.includes(valueOf(candidate, term.field, lostBeforeMs)) : holds(candidate, term, lostBeforeMs);
  });
}

/** @returns rows that are looked at between two looks at the clock, which take as long as a row; a slow regular expression may take a tenth of a second for one */
export function rowsPerLook(terms: readonly Term[]): number {
  return terms.some((term) => "operator" in term && term.operator === "~") ? 1 : 16;
}

function textOf({ id, training, facts }: Candidate): string {
  const { name = "", tags = [], note = "" } = facts;
  return [id, name, training, ...tags, note, paramsTextOf(facts)].join("\n").toLowerCase();
}

/** Instances of a block of a list of all. */
const BLOCK = 1000;

/**
 * @param found - all instances that match
 * @returns those that a query asks for in their order, in blocks
 */
export function* blocksOf<One extends Candidate>(
  found: readonly One[],
  { sort, lostBeforeMs, limit }: WholeListQuery,
): Generator<One[], void> {
  const sorted = firstOf(placesOf(found), limit ?? found.length, orderOf(found, sort, lostBeforeMs));
  for (let start = 0; start < sorted.length; start += BLOCK) yield sorted.slice(start, start + BLOCK).map((place) => found[place]!);
}

/** @param facts - all of them @returns an instance as a list of all shows it */
export function figured(candidate: Candidate, facts: InstanceHead["facts"], { metrics, lostBeforeMs }: WholeListQuery): FiguredInstance {
  const { id, training, heartbeatMs } = candidate;
  const figures = metrics.map((metric) => valueOf(candidate, metric, lostBeforeMs) as number | undefined);
  return { id, training, facts, heartbeatMs, figures };
}

/**
 * @param found - instances that match; all of them, or as many of the first as the page needs
 * @param total - how many match
 * @returns the page that a query asks for
 * @throws PlatformError `bad_request` for a cursor that no list has answered with
 */
export function pageOf<One extends Candidate>(
  found: readonly One[],
  { sort, limit, cursor, lostBeforeMs }: ListQuery,
  total: number = found.length,
): CandidatePage<One> {
  const order = orderOf(found, sort, lostBeforeMs);
  const [start, rest] = cursor === undefined ? [0, placesOf(found)] : restAfter(found, cursor, order);
  const page = firstOf(rest, limit, order).map((place) => found[place]!);
  // A damaged index may count more than it gives.
  const hasMore = page.length > 0 && start + page.length < total;
  return { page, total, ...(hasMore ? { nextCursor: encodeCursor(start + page.length, page.at(-1)!.id) } : {}) };
}

/** Orders instances by their places in a list. */
type Order = (a: number, b: number) => number;

function placesOf(found: readonly Candidate[]): number[] {
  return found.map((_, place) => place);
}

function orderOf(found: readonly Candidate[], { field, isDown }: ListQuery["sort"], lostBeforeMs: number): Order {
  const values = found.map((one) => comparable(valueOf(one, field, lostBeforeMs)));
  return (a, b) => {
    const one = values[a];
    const other = values[b];
    // Instances without the value stand last, whatever the direction.
    const byValue =
      one === undefined || other === undefined
        ? Number(one === undefined) - Number(other === undefined)
        : isDown
          ? compare(other, one)
          : compare(one, other);
    return byValue || compare(found[a]!.id, found[b]!.id);
  };
}

function comparable(value: FieldValue): number | string | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isNaN(value) ? undefined : value;
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === "number" ? -1 : 1;
}

function encodeCursor(start: number, lastId: string): string {
  return Buffer.from(JSON.stringify([start, lastId])).toString("base64url");
}

/** @returns what stands behind the page before, also when new ones have come in front of it, and how many stand before that */
function restAfter(found: readonly Candidate[], cursor: string, order: Order): [start: number, rest: number[]] {
  const [start, lastId] = decodeCursor(cursor);
  const last = found.findIndex(({ id }) => id === lastId);
  const places = placesOf(found);
  const rest = last < 0 ? firstOf(places, places.length, order).slice(start) : places.filter((place) => order(last, place) < 0);
  return [places.length - rest.length, rest];
}

/**
 * @param cursor - of a page; absent for the first
 * @returns how many instances the pages before have shown
 * @throws PlatformError `bad_request` for a cursor that is none
 */
export function startOf(cursor: string | undefined): number {
  return cursor === undefined ? 0 : decodeCursor(cursor)[0];
}

function decodeCursor(cursor: string): [start: number, lastId: string] {
  try {
    const [start, lastId] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [number, string];
    if (Number.isSafeInteger(start) && start >= 0) return [start, lastId];
  } catch {
    // Answered below, like any other text that is not a cursor.
  }
  throw new PlatformError("bad_request", "cursor is not one that a list has answered with.");
}
