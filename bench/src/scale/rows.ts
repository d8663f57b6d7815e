import { Client } from "pg";
import { METRICS } from "../batches.js";

/** What one `log()` of many metrics, or a second of a few, brings. */
const ROWS_PER_COMMIT = 1000;
const COMMITS = 200;

/**
 * Keeps points as a row each, with the keys that a tracker needs; two connections, as many as this machine has cores.
 *
 * @returns how many, in how long; what is sent is made ready before
 */
export async function insertRows(url: string): Promise<{ points: number; seconds: number }> {
  const connections = [new Client(url), new Client(url)];
  const commits = Array.from({ length: COMMITS }, (_, commit) => columnsFrom(commit * ROWS_PER_COMMIT));
  try {
    for (const connection of connections) await connection.connect();
    await connections[0]!.query(
      "CREATE TABLE rows_of_points (instance int, name text, step float8, at timestamptz, epoch float8, value float8, PRIMARY KEY (instance, name, step, at))",
    );
    const started = performance.now();
    await Promise.all(connections.map((connection, instance) => fill(connection, instance, commits)));
    const seconds = (performance.now() - started) / 1000;
    await connections[0]!.query("DROP TABLE rows_of_points");
    return { points: connections.length * COMMITS * ROWS_PER_COMMIT, seconds };
  } finally {
    for (const connection of connections) await connection.end();
  }
}

/** Bytes of the platform's tables with their indexes. */
export interface TableBytes {
  /** Its file keeps the room of its largest time. */
  journal: number;
  others: number;
  /** Of the others, what lies in a bucket where `--blobs` names one. */
  segments: number;
}

/** @param url - of the database */
export async function bytesOf(url: string): Promise<TableBytes> {
  const connection = new Client(url);
  await connection.connect();
  const size = "coalesce(sum(pg_total_relation_size(c.oid))";
  const { rows } = await connection.query<Record<keyof TableBytes, string>>(
    `SELECT ${size} FILTER (WHERE relname = 'journal'), 0) AS journal, ${size} FILTER (WHERE relname <> 'journal'), 0) AS others,
       (SELECT coalesce(sum(size), 0) FROM ava.segments) AS segments
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ava' AND c.relkind = 'r'`,
  );
  await connection.end();
  const { journal, others, segments } = rows[0]!;
  return { journal: Number(journal), others: Number(others), segments: Number(segments) };
}

/** Names, steps, times, epochs and values, each as the text of an array. */
function columnsFrom(first: number): string[] {
  const rows = Array.from({ length: ROWS_PER_COMMIT }, (_, i) => {
    const step = Math.floor((first + i) / METRICS.length);
    return [METRICS[(first + i) % METRICS.length]!, step, 1_700_000_000 + step / 50, Math.floor(step / 1000), Math.sin(first + i)];
  });
  return [0, 1, 2, 3, 4].map((column) => `{${rows.map((row) => row[column]).join()}}`);
}

async function fill(connection: Client, instance: number, commits: readonly string[][]): Promise<void> {
  const text = `INSERT INTO rows_of_points SELECT $1, name, step, to_timestamp(s), epoch, value
    FROM unnest($2::text[], $3::float8[], $4::float8[], $5::float8[], $6::float8[]) AS r (name, step, s, epoch, value)`;
  for (const columns of commits) await connection.query(text, [instance, ...columns]);
}
