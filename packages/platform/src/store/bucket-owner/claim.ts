import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { PlatformError } from "../../error.js";
import { type OwnedObjects, ofAnother } from "./owner.js";

/** Has the newest beat of the platform that uses a prefix. */
const BEAT_KEY = "owner-beat";

/** How long a start waits for the bucket, in milliseconds. */
const START_MS = 5000;

/** How long a prefix that was this platform's counts as that, in milliseconds: another one may have been told to take it. */
const CLAIMED_MS = 60_000;

/** How often a beat that is not known is looked at, and how long after the last time, in milliseconds: a replica that takes the prefix is about to replace it. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 500;

/** Beats that are kept: replicas write theirs a minute apart, and those that are on their way to the bucket may come late. */
const KEPT_BEATS = 256;

/**
 * Beats that platforms on one database, or data folder, have written to the bucket: what was copied from it knows those until then, and each of the two no later one
 * of the other.
 */
export interface BeatKeep {
  /** @returns texts of beats, the newest last, with blanks between */
  read(): Promise<string>;
  /** @param before - of {@link BeatKeep.read} @returns whether it was kept in the place of that: another replica may have been faster. It is on the disk then */
  replace(before: string, after: string): Promise<boolean>;
}

/** Whose a prefix is, asked before anything is changed in it, and once a minute. */
export class BucketClaim {
  /** How often in a row it could not be held. */
  failures = 0;
  private readonly objects: OwnedObjects;
  private readonly claim: () => Promise<boolean>;
  private readonly beats: BeatKeep;
  /** Of the database: one that went back, as to a standby that had not got the newest, knows less than this process. */
  private readonly seen = new Set<string>();
  private claimed: Promise<void> | undefined;
  private claimedAtMs = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param claim - of `claimBucket` */
  constructor(objects: OwnedObjects, beats: BeatKeep, claim: () => Promise<boolean>) {
    this.objects = objects;
    this.beats = beats;
    this.claim = claim;
  }

  /** @throws PlatformError `usage` where the prefix is another platform's; `store_failed`, `store_full` */
  async hold(): Promise<void> {
    if (this.claimed === undefined || performance.now() - this.claimedAtMs > CLAIMED_MS) {
      this.claimedAtMs = performance.now();
      this.claimed = this.claim().then((isTaken) => this.beat(isTaken));
      this.claimed.then(
        () => (this.failures = 0),
        () => {
          this.failures++;
          this.claimed = undefined;
        },
      );
    }
    await this.claimed;
  }

  /**
   * As {@link hold}, at a start: a bucket that does not answer is asked again before anything in it is changed.
   *
   * @throws PlatformError `usage` where the prefix is another platform's, or the keys may not read or write in it
   */
  async holdUnlessSilent(): Promise<void> {
    try {
      await Promise.race([this.hold(), delay(START_MS, undefined, { ref: false })]);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code === "usage") throw error;
      const { status, message } = (error.cause ?? {}) as { status?: number; message?: string };
      if (error.code === "store_full" || (status !== 401 && status !== 403)) return;
      const right = "Let its keys get, put, list and delete objects";
      throw new PlatformError("usage", `The bucket of --blobs cannot be used: ${message}. ${right}.`, { cause: error });
    }
  }

  /**
   * Holds it once a minute from now on, also where nothing is changed: so another platform, and keys that may no longer write, are noticed before something is.
   *
   * @param warn - told when it can no longer be held, and when it can again
   */
  watch(warn: (message: string) => void): void {
    let isFailing = false;
    const tell = (error?: unknown): void => {
      if ((error !== undefined) === isFailing) return;
      isFailing = !isFailing;
      const place = `The bucket of --blobs ${this.objects.spec}`;
      if (error === undefined) warn(`${place} can be written to again.`);
      else
        warn(
          `${place} cannot be written to; files of runs are refused, and points stay where they are, until it can: ${error instanceof Error ? error.message : String(error)}`,
        );
    };
    this.timer = setInterval(() => void this.hold().then(() => tell(), tell), CLAIMED_MS + 1000).unref();
  }

  /** Ends the watch. */
  close(): void {
    clearInterval(this.timer);
  }

  /** @param isTaken - the prefix had no owner: what another one wrote to it does not count */
  private async beat(isTaken: boolean): Promise<void> {
    let before = await this.unlessForeign(isTaken);
    for (let looks = 1; before === undefined; looks++) {
      if (looks === LOOKS)
        throw ofAnother(
          this.objects.spec,
          "A platform on a copy of this one's database or data folder, or of a later time, uses the bucket",
        );
      await delay(LOOK_AGAIN_MS);
      before = await this.unlessForeign(isTaken);
    }
    const next = randomBytes(8).toString("hex");
    const after = [...before.split(" ").slice(1 - KEPT_BEATS), next].join(" ").trim();
    if (!(await this.beats.replace(before, after))) return;
    this.remember(next);
    await this.objects.put(BEAT_KEY, Buffer.from(next), false);
  }

  /** @returns beats that are kept; `undefined` where the one in the bucket is not known */
  private async unlessForeign(isTaken: boolean): Promise<string | undefined> {
    // In this order: what is in the bucket was kept before.
    const found = await this.objects.get(BEAT_KEY, { start: 0, end: 63 });
    const kept = await this.beats.read();
    for (const beat of kept.split(" ")) this.remember(beat);
    return found === undefined || isTaken || this.seen.has(Buffer.from(found).toString()) ? kept : undefined;
  }

  private remember(beat: string): void {
    this.seen.delete(beat);
    this.seen.add(beat);
    for (const oldest of this.seen) {
      if (this.seen.size <= 2 * KEPT_BEATS) break;
      this.seen.delete(oldest);
    }
  }
}
