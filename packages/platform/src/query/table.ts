import type { InstanceRow } from "ava-protocol";
import { stringifyAnswer } from "../json-source.js";
import type { Store } from "../store/contract/store.js";
import { defuse, quote } from "./export/text.js";
import { parseColumns } from "./filter/column.js";
import type { Clock } from "./instances.js";
import { listInstances } from "./list.js";

/** What to write: see `GET /v1/instances.csv` in the OpenAPI document. */
export interface TableRequest {
  training?: string;
  filter: string;
  sort: string;
  columns: string;
  /** How many at most; all where absent. */
  limit?: number;
  safe: "0" | "1";
}

/** Instances that are asked for at a time: a question may look at all of them, so there should be few. */
const PAGE = 5000;

/**
 * The list as CSV, with a head line: id, training, display name and state, then the asked columns.
 *
 * @returns pieces of text; the first comes only once the question was read, and answered
 * @throws PlatformError `bad_request`
 */
export async function* writeTable(store: Store, clock: Clock, request: TableRequest): AsyncGenerator<string> {
  const { training, filter, sort, columns, safe, limit = Number.POSITIVE_INFINITY } = request;
  const keys = parseColumns(columns).map(({ key }) => key);
  const row = (cells: readonly string[]): string => `${cells.map((cell) => quote(safe === "1" ? defuse(cell) : cell)).join(",")}\n`;
  const asked = { filter, sort, columns, ...(training === undefined ? {} : { training }) };
  let [written, isFirst, cursor] = [0, true, undefined as string | undefined];
  do {
    const page = await listInstances(store, clock, {
      ...asked,
      limit: Math.min(PAGE, limit - written),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const rows = page.instances as InstanceRow[];
    const head = isFirst ? row(["id", "training", "name", "state", ...keys]) : "";
    yield head +
      rows
        .map(({ id, training: of, name = "", state, values }) => row([id, of, name, state, ...keys.map((key) => cellText(values[key]))]))
        .join("");
    written += rows.length;
    isFirst = false;
    cursor = page.nextCursor;
  } while (cursor !== undefined && written < limit);
}

/** Texts as they are, all else as its JSON, digit for digit. */
function cellText(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const json = stringifyAnswer(value);
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}
