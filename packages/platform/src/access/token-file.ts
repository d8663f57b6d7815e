import { randomInt } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PlatformError, systemCode } from "../error.js";
import { isToken } from "./chosen-token.js";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
/** Clients of other trackers take no shorter key. */
const TOKEN_CHARS = 40;

/**
 * The token of a platform that was started without one: made once, kept in the data folder, readable by its owner only.
 *
 * @param dataDir - data folder, exists
 * @returns the token, and whether it was made now
 * @throws PlatformError `data_dir_unusable` when the file does not hold a token
 */
export function keptToken(dataDir: string): { token: string; isNew: boolean } {
  const path = join(dataDir, "token");
  const kept = readPrivateFile(path)?.trim() ?? "";
  // One that was cut short, or overwritten, must not become a token that can be guessed.
  if (kept !== "" && !isToken(kept)) throw unusable(path, "what it holds cannot be a token");
  return kept === "" ? { token: renewToken(dataDir), isNew: true } : { token: kept, isNew: false };
}

/**
 * Makes another token in the place of the kept one; a platform that runs takes it at its next start.
 *
 * @param dataDir - data folder, exists
 * @returns the token
 */
export function renewToken(dataDir: string): string {
  const token = newToken();
  writePrivateFile(join(dataDir, "token"), `${token}\n`);
  return token;
}

/** @returns a token that cannot be guessed */
export function newToken(): string {
  return Array.from({ length: TOKEN_CHARS }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

/**
 * @param path - of a file in the data folder
 * @returns its text; `undefined` when it is not there
 * @throws PlatformError `data_dir_unusable` when it cannot be read
 */
export function readPrivateFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw unusable(path, error instanceof Error ? error.message : String(error), error);
  }
}

function unusable(path: string, why: string, cause?: unknown): PlatformError {
  return new PlatformError("data_dir_unusable", `${path} cannot be used (${why}). Remove it, and another one is made.`, { cause });
}

/**
 * Writes a file that only its owner reads, whole or not at all; it is on the disk then.
 *
 * @param path - replaced where it exists
 * @param text - content
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`;
  rmSync(temporary, { force: true });
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}
