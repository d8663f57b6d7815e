// The contract of stores with other versions of PostgreSQL, and through PgBouncer in transaction mode.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { repositoryPath } from "../processes/paths.js";
import { ensurePgBouncer } from "../processes/pgbouncer.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { POSTGRES_PACKAGES, postgresOfVersion } from "../processes/postgres-versions.js";

const CONTRACT = ["run", "packages/platform/src/store/contract", "--project=unit", "--testNamePattern=PostgreSQL", "--testTimeout=120000"];

/** @returns exit code and what was printed */
async function runContract(environment: Record<string, string>): Promise<{ status: number | null; output: string }> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [repositoryPath("node_modules/vitest/vitest.mjs"), ...CONTRACT], { cwd: repositoryPath("."), env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output };
}

test.skipIf(POSTGRES_BIN === undefined).each(Object.keys(POSTGRES_PACKAGES).map(Number) as (keyof typeof POSTGRES_PACKAGES)[])(
  "the contract of stores holds with PostgreSQL %i",
  async (version) => {
    const { status, output } = await runContract({ AVA_TEST_POSTGRES_BIN: postgresOfVersion(version) });
    expect([status, output.slice(-4000)]).toEqual([0, expect.any(String)]);
  },
);

test.skipIf(POSTGRES_BIN === undefined || ensurePgBouncer() !== undefined)(
  "the contract of stores holds through PgBouncer in transaction mode",
  async () => {
    const { status, output } = await runContract({ AVA_TEST_PGBOUNCER: "yes" });
    expect([status, output.slice(-4000)]).toEqual([0, expect.any(String)]);
  },
);
