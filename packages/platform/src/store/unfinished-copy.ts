import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlatformError } from "../error.js";
import { withDatabase } from "./postgres/with-database.js";

/** Row of `ava.secrets`, and file in a data folder, that are there while a store is being copied to it. */
const MARK = "unfinished copy";

/** Marks a database as the target of a copy, or as whole again. @throws PlatformError as of `withDatabase` */
export async function markDatabase(url: string, isUnfinished: boolean): Promise<void> {
  const text = isUnfinished
    ? "INSERT INTO ava.secrets (name, value) VALUES ($1, '') ON CONFLICT DO NOTHING"
    : "DELETE FROM ava.secrets WHERE name = $1";
  await withDatabase(url, (ask) => ask(text, [MARK]));
}

/** Marks a data folder as {@link markDatabase} marks a database. */
export function markFolder(dataDir: string, isUnfinished: boolean): void {
  if (isUnfinished) writeFileSync(markIn(dataDir), "");
  else rmSync(markIn(dataDir), { force: true });
}

/** A part of a store would be served as all of it, and what runs write into it would keep the copy from going on. @throws PlatformError `usage`; as of {@link markDatabase} */
export async function refuseUnfinishedDatabase(url: string): Promise<void> {
  const marks = await withDatabase(url, (ask) => ask("SELECT name FROM ava.secrets WHERE name = $1", [MARK]));
  if (marks.length > 0) throw unfinished("The database");
}

/** @throws PlatformError `usage`, as {@link refuseUnfinishedDatabase} */
export function refuseUnfinishedFolder(dataDir: string): void {
  if (existsSync(markIn(dataDir))) throw unfinished(`The data folder ${dataDir}`);
}

function markIn(dataDir: string): string {
  return join(dataDir, MARK.replace(" ", "-"));
}

function unfinished(what: string): PlatformError {
  const message = `${what} has a part of another store: ava-platform migrate did not come to its end. Give the same command again, which goes on where it ended, and start the platform then.`;
  return new PlatformError("usage", message);
}
