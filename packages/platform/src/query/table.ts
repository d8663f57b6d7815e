import { stringifyAnswer } from "../json-source.js";
import type { FiguredInstance, MetricField } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { atBestOf } from "./at-best.js";
import { rowOf, type SeriesCells } from "./columns.js";
import { defuse, quote } from "./export/text.js";
import { parseColumns, parseSort } from "./filter/column.js";
import { type Clock, lostBeforeMs } from "./instances.js";
import { termsOf } from "./list.js";

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

/**
 * The list as CSV, with a head line: id, training, display name and state, then the asked columns.
 *
 * @returns pieces of text; the first comes only once the question was read, and answered
 * @throws PlatformError `bad_request`
 */
export async function* writeTable(store: Store, clock: Clock, request: TableRequest): AsyncGenerator<string> {
  const { training, filter, sort, safe, limit } = request;
  const columns = parseColumns(request.columns);
  const keys = columns.map(({ key }) => key);
  const metrics = columns.flatMap(({ shown }) => (shown.kind === "metric" ? [shown] : []));
  const line = (cells: readonly string[]): string => `${cells.map((cell) => quote(safe === "1" ? defuse(cell) : cell)).join(",")}\n`;
  const query = { terms: termsOf(filter, training), sort: parseSort(sort), lostBeforeMs: lostBeforeMs(clock), metrics };
  let text = line(["id", "training", "name", "state", ...keys]);
  for await (const block of store.listAll({ ...query, ...(limit === undefined ? {} : { limit }) })) {
    for (const instance of block) {
      const { id, training: of, name = "", state, values } = await rowOf(instance, columns, clock, cellsOf(store, instance, metrics));
      text += line([id, of, name, state, ...keys.map((key) => cellText(values[key]))]);
    }
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

function cellsOf(store: Store, { id, figures }: FiguredInstance, metrics: readonly MetricField[]): SeriesCells {
  return {
    figure: (field) => figures[metrics.indexOf(field)],
    atBest: (column) => atBestOf(store, id, column),
  };
}

/** Texts as they are, all else as its JSON, digit for digit. */
function cellText(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const json = stringifyAnswer(value);
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}
