import { afterAll, onTestFinished } from "vitest";
import { PostgresProcess } from "../../../../tests/processes/postgres.js";
import { POSTGRES_BIN } from "../../../../tests/processes/postgres-programs.js";
import { openPostgres } from "../store/postgres/open.js";
import type { PostgresStore } from "../store/postgres/postgres.js";

/** Whether a server can be started here. */
export const hasPostgres: boolean = POSTGRES_BIN !== undefined;

let server: Promise<PostgresProcess> | undefined;

/** @returns the server of a test file, started when it is first asked for */
export function postgresServer(): Promise<PostgresProcess> {
  server ??= PostgresProcess.start();
  return server;
}

afterAll(async () => (await server)?.remove());

/** @returns address of an empty database */
export async function postgresUrl(): Promise<string> {
  const started = await postgresServer();
  return started.url(await started.database());
}

/** @returns a replica that ends with the test */
export async function openReplica(url: string, now: () => number): Promise<PostgresStore> {
  const store = await openPostgres({ url, now, connections: 5 });
  onTestFinished(() => store.close());
  return store;
}
