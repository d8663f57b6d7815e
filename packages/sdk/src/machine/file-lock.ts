import { readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../place/workspace/in-folder.js";
import { isHolderGone, newToken } from "./lock-token.js";
import { whileTakingOver } from "./takeover-lock.js";

/** Pause between two tries of {@link FileLock.acquire}. */
const RETRY_MS = 2;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** The lock of a log among processes and threads: a symbolic link to its holder's token. See docs/formats/log-spool.md. */
export class FileLock {
  private readonly spool: string;
  private readonly link: string;
  private token: string | undefined;

  /** @param spool - folder in which the lock lies */
  constructor(spool: string) {
    this.spool = spool;
    this.link = join(spool, "lock");
  }

  /** Whether this object holds it. */
  get isHeld(): boolean {
    return this.token !== undefined;
  }

  /**
   * Takes the lock if it is free, or if its holder is gone.
   *
   * @returns whether this object holds it now
   * @throws the file system's error
   */
  tryAcquire(): boolean {
    if (this.token !== undefined) return true;
    const token = newToken();
    if (!this.create(token) && !(this.takeAway() && this.create(token))) return false;
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

  /** Gives the lock back; nothing happens where it is not held. @throws the file system's error */
  release(): void {
    const { token } = this;
    this.token = undefined;
    // It may have been taken away from a holder that was away for longer than another host waits.
    if (token !== undefined && this.readToken() === token) unlinkSync(this.link);
  }

  private create(token: string): boolean {
    try {
      inFolder(this.spool, () => symlinkSync(token, this.link));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  }

  /** @returns whether the lock was free, or was freed, at some moment of this call */
  private takeAway(): boolean {
    const token = this.readToken();
    if (token === undefined) return true;
    if (!isHolderGone(token, this.link)) return false;
    let isFree = false;
    whileTakingOver(this.spool, () => {
      // A link of this token can only be deleted in here, and by its holder, which is gone.
      if (this.readToken() === token) unlinkSync(this.link);
      isFree = true;
    });
    return isFree;
  }

  private readToken(): string | undefined {
    try {
      return readlinkSync(this.link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
