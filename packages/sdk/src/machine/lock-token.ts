import { lstatSync } from "node:fs";
import { fateOf, ownThread } from "./thread-identity.js";

/** A holder on another host or in another container gives a lock back after milliseconds; after this time it is taken to be gone. */
const FOREIGN_LEASE_MS = 60_000;

let acquisitions = 0;

/** @returns a name for one acquisition of a lock by this thread: `<thread>.<n>` */
export function newToken(): string {
  acquisitions += 1;
  return `${ownThread()}.${acquisitions}`;
}

/**
 * @param token - of a lock that is held
 * @param file - the file that carries it
 * @returns whether its holder will never act again, as far as can be known
 */
export function isHolderGone(token: string, file: string): boolean {
  const fate = fateOf(token.split(".")[0] as string);
  return fate === "gone" || (fate === "unknown" && isOlderThan(file, FOREIGN_LEASE_MS));
}

/**
 * @param file - path
 * @param ageMs - milliseconds
 * @returns whether the file was last changed longer ago than that; false where it is missing
 */
export function isOlderThan(file: string, ageMs: number): boolean {
  const mtimeMs = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return mtimeMs !== undefined && Date.now() - mtimeMs > ageMs;
}
