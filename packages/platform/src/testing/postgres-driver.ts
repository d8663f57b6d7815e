import { afterAll, onTestFinished } from "vitest";
import { PgBouncer } from "../../../../tests/processes/pgbouncer.js";
import { PostgresProcess } from "../../../../tests/processes/postgres.js";
import { POSTGRES_BIN } from "../../../../tests/processes/postgres-programs.js";
import type { Store } from "../store/contract/store.js";
import { Database } from "../store/postgres/connect/database.js";
import { openPostgres } from "../store/postgres/open.js";
import type { PostgresStore } from "../store/postgres/postgres.js";
import { migrate } from "../store/postgres/schema/migrate.js";

/** Whether a server can be started here. */
export const hasPostgres: boolean = POSTGRES_BIN !== undefined;

let server: Promise<PostgresProcess> | undefined;

/** @returns the server of a test file, started when it is first asked for */
export function postgresServer(): Promise<PostgresProcess> {
  server ??= PostgresProcess.start();
  return server;
}

// A busy machine takes its time to remove the files of many databases.
afterAll(async () => (await server)?.remove(), 60_000);

let template: Promise<string> | undefined;

let pooler: Promise<PgBouncer> | undefined;

afterAll(async () => (await pooler)?.stop());

/**
 * With `AVA_TEST_PGBOUNCER` in the environment it goes through PgBouncer.
 *
 * @returns address of a database with empty tables, copied: that is quicker than to make them
 */
export async function postgresUrl(): Promise<string> {
  const started = await postgresServer();
  template ??= makeTemplate(started);
  const name = await started.database(await template);
  if (process.env["AVA_TEST_PGBOUNCER"] === undefined) return started.url(name);
  pooler ??= PgBouncer.start(started);
  return (await pooler).url(name);
}

async function makeTemplate(started: PostgresProcess): Promise<string> {
  const name = await started.database();
  const database = new Database({ url: started.url(name) });
  await migrate(database);
  await database.close();
  return name;
}

/** @returns a replica that ends with the test */
export async function openReplica(url: string, now: () => number): Promise<PostgresStore> {
  const store = await openPostgres({ url, now, connections: 5, sealing: { everyMs: 0 } });
  // A question that waits at a pooler whose server is gone is waited for.
  onTestFinished(() => store.close(), 60_000);
  return store;
}

const COMMANDS: ReadonlySet<string> = new Set([
  "takeRecords",
  "takeLines",
  "putFacts",
  "requestStop",
  "deleteInstance",
  "restoreInstance",
  "addReparsed",
  "undoReparse",
  "putModel",
] satisfies (keyof Store)[]);

/** After a seal that took longer, ten commands are not sealed: one of an instance with very many series reads all of them. */
const SLOW_SEAL_MS = 500;

/** @param isTime - says after each command whether everything is sealed now @returns the store, which is sealed now and then */
export function sealedWhen(store: PostgresStore, isTime: () => boolean): Store {
  let passed = 0;
  const seal = async (): Promise<void> => {
    if (passed > 0) return void passed--;
    if (!isTime()) return;
    const beganAt = performance.now();
    await store.seal();
    if (performance.now() - beganAt > SLOW_SEAL_MS) passed = 10;
  };
  return new Proxy<Store>(store, {
    get(_target, name: keyof Store) {
      const member: unknown = Reflect.get(store, name, store);
      if (typeof member !== "function") return member;
      if (!COMMANDS.has(name)) return member.bind(store);
      return async (...values: unknown[]): Promise<unknown> => {
        const answer: unknown = await member.apply(store, values);
        await seal();
        return answer;
      };
    },
  });
}
