import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { fateOf, ownThread } from "./thread-identity.js";

/** A holder on another host or in another container gives the lock back after milliseconds; after this time it is taken to be gone. */
const FOREIGN_LEASE_MS = 60_000;

/** Pause between two tries of {@link SpoolLock.acquire}. */
const RETRY_MS = 2;

const sleeper = new Int32Array(new SharedArrayBuffer(4));
let acquisitions = 0;

/** The lock of a log file among processes and threads; it frees itself when its holder dies. See docs/formats/log-spool.md. */
export class SpoolLock {
  private readonly folder: string;
  private token: string | undefined;

  /** @param spoolFolder - folder in which the lock lies */
  constructor(spoolFolder: string) {
    this.folder = join(spoolFolder, "lock");
  }

  /** Whether this object holds it. */
  get isHeld(): boolean {
    return this.token !== undefined;
  }

  /**
   * Takes the lock if it is free.
   *
   * @returns whether this object holds it now
   * @throws the file system's error
   */
  tryAcquire(): boolean {
    if (this.token !== undefined) return true;
    if (this.isTaken()) return false;
    acquisitions += 1;
    const token = `${ownThread()}.${acquisitions}`;
    const prepared = `${this.folder}.${token}`;
    mkdirSync(prepared);
    try {
      closeSync(openSync(join(prepared, token), "wx"));
      renameSync(prepared, this.folder);
    } catch (error) {
      rmSync(prepared, { recursive: true, force: true });
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOTEMPTY" || code === "EEXIST") return false;
      throw error;
    }
    this.token = token;
    return true;
  }

  /**
   * Waits for the lock without giving the event loop a turn.
   *
   * @param timeoutMs - longest wait
   * @returns whether this object holds it now
   * @throws the file system's error
   */
  acquire(timeoutMs: number): boolean {
    const endMs = performance.now() + timeoutMs;
    while (!this.tryAcquire()) {
      if (performance.now() >= endMs) return false;
      Atomics.wait(sleeper, 0, 0, RETRY_MS);
    }
    return true;
  }

  /** Gives the lock back; nothing happens where it is not held. */
  release(): void {
    if (this.token === undefined) return;
    removeToken(join(this.folder, this.token));
    this.token = undefined;
  }

  /** Gives the lock back and removes its folder, as long as nobody else has taken it. @throws the file system's error */
  releaseAndRemove(): void {
    this.release();
    rmdirSync(this.folder);
  }

  private isTaken(): boolean {
    for (const token of listTokens(this.folder)) {
      const file = join(this.folder, token);
      const fate = fateOf(token.split(".")[0] as string);
      if (fate === "alive" || fate === "own" || (fate === "unknown" && !isOlderThan(file, FOREIGN_LEASE_MS))) return true;
      removeToken(file);
    }
    return false;
  }
}

/**
 * Removes locks that threads prepared and did not live to rename.
 *
 * @param spoolFolder - folder in which the lock lies
 * @param names - what is in it
 * @throws the file system's error
 */
export function removeLitter(spoolFolder: string, names: readonly string[]): void {
  for (const name of names) {
    const thread = /^lock\.([^.]+)\./.exec(name)?.[1];
    if (thread && fateOf(thread) === "gone") rmSync(join(spoolFolder, name), { recursive: true, force: true });
  }
}

/**
 * @param file - path
 * @param ageMs - milliseconds
 * @returns whether the file was last changed longer ago than that; false where it is missing
 */
export function isOlderThan(file: string, ageMs: number): boolean {
  const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return mtimeMs !== undefined && Date.now() - mtimeMs > ageMs;
}

function listTokens(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function removeToken(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    // Somebody else removed this very token first; that is as good.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
