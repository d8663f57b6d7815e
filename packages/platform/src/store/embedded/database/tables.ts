import { crc32 } from "node:zlib";
import type Database from "libsql";

/** A value of a row. */
export type Value = string | number | null | Uint8Array;

type Kind = "text" | "integer" | "blob";

/** A table whose rows have a checksum. */
export type Table =
  | "meta"
  | "instances"
  | "writers"
  | "series"
  | "events"
  | "log_pieces"
  | "models"
  | "evaluations"
  | "views"
  | "trainings"
  | "revisions";

/** Columns of the tables whose rows have a checksum, in the order in which it is made; see docs/formats/store.md. */
const COLUMNS: Record<Table, Record<string, Kind>> = {
  meta: { key: "text", value: "integer" },
  instances: { id: "text", facts: "text" },
  writers: { instance: "text", writer: "text", ack: "integer", drops: "text" },
  series: { no: "integer", instance: "text", name: "text", labels: "text", totals: "blob" },
  events: { instance: "text", no: "integer", event: "text" },
  log_pieces: { instance: "text", start: "integer", bytes: "blob", marks: "blob" },
  models: { name: "text", version: "text", created_ms: "integer", spec: "text" },
  evaluations: { name: "text", created_ms: "integer", result: "text" },
  views: { name: "text", changed_ms: "integer", view: "text" },
  trainings: { name: "text", facts: "text" },
  revisions: { training: "text", revision: "integer", created_ms: "integer", params: "text", note: "text" },
};

/** Names of the tables whose rows have a checksum. */
export const TABLES: readonly Table[] = Object.keys(COLUMNS) as Table[];

/** Columns that make a row new, not changed. Models are replaced as a whole, so that a version that comes again is the newest. */
const KEYS: Record<Exclude<Table, "models">, string> = {
  meta: "key",
  instances: "id",
  writers: "instance, writer",
  series: "no",
  events: "instance, no",
  log_pieces: "instance, start",
  evaluations: "name",
  views: "name",
  trainings: "name",
  revisions: "training, revision",
};

/** The instance that made a model, as the index `models_by_instance` has it: a text that damage made is not JSON. */
export const MODEL_INSTANCE = "CASE WHEN json_valid(spec) THEN json_extract(spec, '$.trainingRef.instanceID') END";

/** Columns that may be empty. */
const NULLABLE: ReadonlySet<string> = new Set(["drops", "marks", "view", "note"]);

/** A row as it was read: `isWhole` is undefined for one of format 1, which has no checksum. */
export interface ReadRow<Row> {
  row: Row;
  isWhole: boolean | undefined;
}

/**
 * @param place - table, so that rows cannot stand in for rows of another
 * @param values - key and content
 * @returns CRC-32 over place, key and content
 */
export function rowSum(place: string, values: readonly Value[]): number {
  let sum = crc32(JSON.stringify([place, ...values.map((value) => (value instanceof Uint8Array ? value.length : value))]));
  // zlib's crc32 may answer 0 for an empty array, whatever it is to go on from.
  for (const value of values) if (value instanceof Uint8Array && value.length > 0) sum = crc32(value, sum);
  return sum;
}

/** @returns {@link rowSum} of a number and a blob, without a list: a chart checks thousands */
export function blobSum(place: string, id: number, blob: Uint8Array): number {
  const sum = crc32(`["${place}",${id},${blob.length}]`);
  return blob.length > 0 ? crc32(blob, sum) : sum;
}

/**
 * @param rest - what follows the table's name
 * @returns a query whose rows {@link readRow} takes. The binding ends the process over a text that is not UTF-8, so texts come as bytes, and
 *   numbers are made numbers: damage may have changed a column's type
 */
export function selectFrom(table: Table, rest = ""): string {
  const columns = Object.entries(COLUMNS[table]).map(
    ([name, kind]) => `CAST(${name} AS ${kind === "integer" ? "INTEGER" : "BLOB"}) AS ${name}`,
  );
  return `SELECT ${columns.join(", ")}, CAST(sum AS INTEGER) AS sum FROM ${table} ${rest}`;
}

/** @returns a statement that stores a row of {@link withSum} */
export function insertInto(table: Table): string {
  const columns = Object.keys(COLUMNS[table]);
  const values = `${table} (${columns.join(", ")}, sum) VALUES (${columns.map(() => "?, ").join("")}?)`;
  if (table === "models") return `INSERT OR REPLACE INTO ${values}`;
  const changes = [...columns, "sum"].map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${values} ON CONFLICT (${KEYS[table]}) DO UPDATE SET ${changes.join(", ")}`;
}

/** @returns values of a row with its checksum */
export function withSum(table: Table, values: readonly Value[]): Value[] {
  return [...values, rowSum(table, values)];
}

/** @returns a row of {@link selectFrom}, checked */
export function readRow<Row>(table: Table, raw: Record<string, unknown>): ReadRow<Row> {
  const row: Record<string, Value> = {};
  for (const [name, kind] of Object.entries(COLUMNS[table])) row[name] = readValue(raw[name] as RawValue, kind);
  const sum = raw["sum"];
  const isFilled = Object.entries(row).every(([name, value]) => value !== null || NULLABLE.has(name));
  return { row: row as Row, isWhole: !isFilled ? false : sum === null ? undefined : sum === rowSum(table, Object.values(row)) };
}

/**
 * @param select - of {@link selectFrom}
 * @param values - of its parameters
 * @returns all its rows, each checked when it is come to
 */
export function* readRows<Row>(select: Pick<Database.Statement, "all">, table: Table, ...values: Value[]): Iterable<ReadRow<Row>> {
  // The binding takes four times as long to give rows one by one.
  for (const raw of select.all(...values)) yield readRow<Row>(table, raw as Record<string, unknown>);
}

/** A blob is a Buffer from `get`, an ArrayBuffer from `all` and `iterate`. */
type RawValue = Uint8Array | ArrayBuffer | number | null;

function readValue(raw: RawValue, kind: Kind): Value {
  if (raw === null || typeof raw === "number") return raw;
  const bytes = blobBytes(raw);
  return kind === "text" ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8") : bytes;
}

/** @returns bytes of a blob as the binding gives it */
export function blobBytes(blob: Uint8Array | ArrayBuffer): Uint8Array {
  return blob instanceof ArrayBuffer ? new Uint8Array(blob) : blob;
}
