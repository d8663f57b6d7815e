// The contract of stores with other versions of PostgreSQL, and through PgBouncer in transaction mode.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { newWorkspace } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { hasPgBouncer } from "../processes/pgbouncer.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { POSTGRES_VERSIONS, postgresOfVersion } from "../processes/postgres-versions.js";

/** A limit of a test is not one of the product: a busy machine gets all the time that it needs. */
const LIMITS = ["--testTimeout=900000", "--hookTimeout=900000"];

/** All tests but those of a size: they take as long as the others together, and versions do not differ in it. */
const NAMES = "--testNamePattern=PostgreSQL(?!.*(?:100,000 series|1000 revisions))";
const CONTRACT = ["run", "packages/platform/src/store/contract", "--project=unit", NAMES, ...LIMITS];

/** @param what - the contract is held to @param environment - further variables @returns how many tests passed, which is told, too */
async function passedTests(what: string, environment: Record<string, string>): Promise<number> {
  const env = { ...process.env, ...environment };
  const report = `${newWorkspace()}/report.json`;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
  const args = [repositoryPath("node_modules/vitest/vitest.mjs"), ...CONTRACT, ...reporters];
  const child = spawn(process.execPath, args, { cwd: repositoryPath("."), env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [status] = (await once(child, "close")) as [number | null];
  expect([status, output.slice(-4000)]).toEqual([0, expect.any(String)]);
  const { numPassedTests } = JSON.parse(readFileSync(report, "utf8")) as { numPassedTests: number };
  console.log(`${what}: passed ${numPassedTests} tests`);
  return numPassedTests;
}

test.skipIf(POSTGRES_BIN === undefined).for(POSTGRES_VERSIONS)(
  "the contract of stores holds with PostgreSQL %i",
  async (version, { skip }) => {
    const bin = postgresOfVersion(version);
    if (bin === undefined) return skip();
    expect(await passedTests(`PostgreSQL ${version}`, { AVA_TEST_POSTGRES_BIN: bin })).toBeGreaterThan(100);
  },
);

test.skipIf(POSTGRES_BIN === undefined || !hasPgBouncer())(
  "the contract of stores holds through PgBouncer in transaction mode",
  async () => {
    expect(await passedTests("PgBouncer", { AVA_TEST_PGBOUNCER: "yes" })).toBeGreaterThan(100);
  },
);
