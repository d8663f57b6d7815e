import { Client } from "pg";

const ROWS = 200_000;
/** What one `log()` of many metrics, or a second of a few, brings. */
const ROWS_PER_COMMIT = 1000;

/** @returns points a second as a row each, with the keys that a tracker needs; two connections, as many as this machine has cores */
export async function insertRows(url: string): Promise<number> {
  const connections = [new Client(url), new Client(url)];
  for (const connection of connections) await connection.connect();
  const [first] = connections as [Client, Client];
  await first.query(
    "CREATE TABLE rows_of_points (instance int, name text, step float8, at timestamptz, epoch float8, value float8, PRIMARY KEY (instance, name, step, at))",
  );
  const started = performance.now();
  await Promise.all(connections.map((connection, instance) => fill(connection, instance)));
  const seconds = (performance.now() - started) / 1000;
  await first.query("DROP TABLE rows_of_points");
  for (const connection of connections) await connection.end();
  return (connections.length * ROWS) / seconds;
}

/** @returns bytes of the platform's tables with their indexes; the journal's file keeps the room of its largest time */
export async function bytesOf(url: string): Promise<{ journal: number; others: number }> {
  const connection = new Client(url);
  await connection.connect();
  const size = "coalesce(sum(pg_total_relation_size(c.oid))";
  const { rows } = await connection.query<{ journal: string; others: string }>(
    `SELECT ${size} FILTER (WHERE relname = 'journal'), 0) AS journal, ${size} FILTER (WHERE relname <> 'journal'), 0) AS others
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ava' AND c.relkind = 'r'`,
  );
  await connection.end();
  return { journal: Number(rows[0]!.journal), others: Number(rows[0]!.others) };
}

async function fill(connection: Client, instance: number): Promise<void> {
  for (let row = 0; row < ROWS; row += ROWS_PER_COMMIT) {
    const steps = Array.from({ length: ROWS_PER_COMMIT }, (_, i) => row + i);
    await connection.query(
      "INSERT INTO rows_of_points SELECT $1, 'loss', step, now(), step / 1000, sin(step) FROM unnest($2::float8[]) AS step",
      [instance, steps],
    );
  }
}
