import { asObject } from "../../body.js";
import { RefusedError } from "../../refused-error.js";
import type { Fields } from "../fields.js";
import { parseFilter, parseKey, type SearchKey } from "./condition.js";
import { holds, type SearchValue } from "./holds.js";

/** Items of one answer without a wish, and the most that may be wished. */
const [DEFAULT_ITEMS, MOST_ITEMS] = [1000, 50_000];

/** How items are looked at. */
export interface Searched<Item> {
  isDeleted(item: Item): boolean;
  value(item: Item, key: SearchKey): SearchValue;
  /** What a key without a prefix is. */
  defaultEntity: SearchKey["entity"];
}

/**
 * Filters, sorts and pages as MLflow's search does.
 *
 * @param items - in their order without a wish
 * @param fields - of the request: `filter`, `order_by`, `max_results`, `page_token`, `run_view_type` or `view_type`
 * @param searched - how items are looked at
 * @returns the items of the page, and the token of the next one
 * @throws RefusedError `invalid`
 */
export function searchPage<Item>(
  items: readonly Item[],
  fields: Fields,
  searched: Searched<Item>,
): { items: Item[]; nextPageToken?: string } {
  const limit = fields.integer("max_results") ?? DEFAULT_ITEMS;
  if (limit < 1 || limit > MOST_ITEMS) throw new RefusedError("invalid", `max_results must be from 1 to ${MOST_ITEMS}.`);
  const conditions = parseFilter(fields.text("filter") ?? "", searched.defaultEntity);
  const view = fields.text("run_view_type") ?? fields.text("view_type") ?? "ACTIVE_ONLY";
  const found = items.filter(
    (item) =>
      (view === "ALL" || searched.isDeleted(item) === (view === "DELETED_ONLY")) &&
      conditions.every((condition) => holds(condition, searched.value(item, condition))),
  );
  const sorted = sort(found, fields.list("order_by").map(orderText), searched);
  const offset = Number(fields.text("page_token") || 0);
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RefusedError("invalid", "the page_token is not one of ours.");
  const page = sorted.slice(offset, offset + limit);
  return sorted.length > offset + limit ? { items: page, nextPageToken: String(offset + limit) } : { items: page };
}

/** An order as text; searches of models have objects. */
function orderText(order: unknown): string {
  const { field_name: name, ascending } = asObject(order) ?? {};
  return name === undefined ? String(order) : `${String(name)} ${ascending === false ? "DESC" : "ASC"}`;
}

function sort<Item>(items: Item[], orders: readonly string[], { value, defaultEntity }: Searched<Item>): Item[] {
  for (const order of orders.toReversed()) {
    const [, name = "", direction = "ASC"] = /^\s*(.*?)(?:\s+(ASC|DESC))?\s*$/i.exec(order) ?? [];
    const key = parseKey(name, defaultEntity);
    const sign = direction.toUpperCase() === "DESC" ? -1 : 1;
    items.sort((a, b) => compare(value(a, key), value(b, key), sign));
  }
  return items;
}

/** What is absent, and then what is NaN, comes last in either direction. */
function compare(a: SearchValue, b: SearchValue, sign: number): number {
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA !== rankB || rankA > 0) return rankA - rankB;
  if (typeof a === "number" && typeof b === "number") return a === b ? 0 : a < b ? -sign : sign;
  return String(a) === String(b) ? 0 : String(a) < String(b) ? -sign : sign;
}

function rank(value: SearchValue): number {
  if (value === undefined) return 2;
  return typeof value === "number" && Number.isNaN(value) ? 1 : 0;
}
