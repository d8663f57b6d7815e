import { randomInt } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
/** Clients of other trackers take no shorter key. */
const TOKEN_CHARS = 40;

/**
 * The token of a platform that was started without one: made once, kept in the data folder, readable by its owner only.
 *
 * @param dataDir - data folder, exists
 * @returns the token, and whether it was made now
 */
export function keptToken(dataDir: string): { token: string; isNew: boolean } {
  const path = join(dataDir, "token");
  const kept = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  return kept === "" ? { token: renewToken(dataDir), isNew: true } : { token: kept, isNew: false };
}

/**
 * Makes another token in the place of the kept one; a platform that runs takes it at its next start.
 *
 * @param dataDir - data folder, exists
 * @returns the token
 */
export function renewToken(dataDir: string): string {
  const token = Array.from({ length: TOKEN_CHARS }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  writePrivateFile(join(dataDir, "token"), `${token}\n`);
  return token;
}

/**
 * Writes a file that only its owner reads, whole or not at all.
 *
 * @param path - replaced where it exists
 * @param text - content
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
  renameSync(temporary, path);
}
