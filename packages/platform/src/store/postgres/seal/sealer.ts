import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { PlatformError } from "../../../error.js";
import { BUCKETS, endLease, LEASE_MS, type Lease, LeaseLost, takeLease } from "./leases.js";
import { type SealParts, sealGroup } from "./seal.js";
import { SealOvertaken } from "./write-sealed.js";

/** When instances are sealed. */
export interface Sealing {
  /** Bytes of its journal from which on an instance is sealed. @defaultValue 1 MB; more for one with many series, whose unfinished chunks are written anew each time */
  minBytes?: number;
  /** How long a command stays in the journal at most, in milliseconds. @defaultValue ten minutes */
  maxAgeMs?: number;
  /** How often is looked for something to seal, in milliseconds; 0 for never. @defaultValue 1000 */
  everyMs?: number;
  /** How long a lease lasts that is not renewed, in milliseconds of the database's clock. @defaultValue 30 seconds */
  leaseMs?: number;
}

const MIN_BYTES = 1024 * 1024;
const MAX_AGE_MS = 600_000;
const EVERY_MS = 1000;

/** Bytes of an unfinished chunk, on average, and of a journal that is sealed in any case: sealing reads all of it into memory. */
const BYTES_PER_SERIES = 8192;
const MAX_BYTES = 32 * 1024 * 1024;

/** How long an instance that could not be sealed is left alone, in milliseconds. */
const RETRY_MS = 60_000;

/** Instances that are sealed in one transaction, and what they have together: their journals, or the unfinished chunks that are written anew. */
const GROUP = 64;
const GROUP_BYTES = 8 * 1024 * 1024;

/** Where one of a bucket is sealed for its age, those go with it that would follow soon, in parts of the age: alone they were small groups. */
const SOON = 0.9;

const CANDIDATES = `
  WITH found AS (
    SELECT no, (no % ${BUCKETS})::int AS bucket, greatest(unsealed_bytes, series * ${BYTES_PER_SERIES}::bigint) AS bytes,
      $1 OR unsealed_bytes >= least(${MAX_BYTES}, greatest($2::bigint, series * ${BYTES_PER_SERIES})) AS is_large,
      unsealed_since < now() - make_interval(secs => $3) AS is_old, unsealed_since < now() - make_interval(secs => $3 * ${SOON}) AS is_soon
    FROM ava.instances WHERE is_unsealed AND pos > sealed_pos
  )
  SELECT no, bucket, bytes FROM found
  WHERE is_large OR is_soon AND bucket IN (SELECT bucket FROM found WHERE is_old)
  ORDER BY no LIMIT 10000`;

interface Candidate {
  no: number;
  bucket: number;
  bytes: number;
}

/** Seals what is large or old enough, as one of any number of sealers: each bucket of instances is one sealer's at a time. */
export class Sealer {
  /** Instances that were sealed since the start. */
  sealed = 0;
  /** Tries that failed since the last one that did not. */
  failed = 0;
  private isFailing = false;
  private readonly parts: SealParts;
  private readonly owner: string;
  private readonly sealing: Required<Sealing>;
  private readonly warn: (message: string) => void;
  private readonly retryAt = new Map<number, number>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  /** @param owner - names this sealer to the others */
  constructor(parts: SealParts, owner: string, warn: (message: string) => void, sealing: Sealing = {}) {
    this.parts = parts;
    this.owner = owner;
    this.warn = warn;
    this.sealing = { minBytes: MIN_BYTES, maxAgeMs: MAX_AGE_MS, everyMs: EVERY_MS, leaseMs: LEASE_MS, ...sealing };
  }

  /** Begins to look for something to seal, again and again. */
  start(): void {
    if (this.sealing.everyMs > 0) this.running = this.run();
  }

  /** Ends when the instances that are being sealed are done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Seals everything that no other sealer is sealing. @throws PlatformError `store_failed`, `store_full` */
  sealAll(): Promise<void> {
    return this.round(true);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await delay(this.sealing.everyMs, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.round(false);
        this.isFailing = false;
      } catch (error) {
        this.failed++;
        // Once, until it works again.
        if (!this.isFailing) this.warn(`Sealing failed and will be tried again, nothing is lost: ${messageOf(error)}`);
        this.isFailing = true;
      }
    }
  }

  private async round(isAll: boolean): Promise<void> {
    const { minBytes, maxAgeMs } = this.sealing;
    const found = await this.parts.database.ask<Candidate>(CANDIDATES, [isAll, minBytes, maxAgeMs / 1000]);
    const buckets = new Map<number, Candidate[]>();
    for (const candidate of found) {
      if (!isAll && (this.retryAt.get(candidate.no) ?? 0) > performance.now()) continue;
      const others = buckets.get(candidate.bucket);
      if (others === undefined) buckets.set(candidate.bucket, [candidate]);
      else others.push(candidate);
    }
    // Sealers begin at different places, so that they seldom want the same bucket.
    const order = [...buckets];
    const first = order.length === 0 ? 0 : randomInt(order.length);
    for (const [bucket, candidates] of [...order.slice(first), ...order.slice(0, first)]) {
      if (this.stopping.signal.aborted) return;
      const lease = await takeLease(this.parts.database, bucket, this.owner, this.sealing.leaseMs);
      if (lease === undefined) continue;
      try {
        for (const nos of grouped(candidates)) {
          if (this.stopping.signal.aborted) break;
          await this.sealGroup(lease, nos);
        }
      } catch (error) {
        // Another sealer has the bucket now, and goes on.
        if (!(error instanceof LeaseLost)) throw error;
      } finally {
        // Where this fails, the lease ends by itself.
        await endLease(this.parts.database, lease).catch(() => undefined);
      }
    }
  }

  /** Where one cannot be sealed, the others are, in halves. @throws LeaseLost, PlatformError */
  private async sealGroup(lease: Lease, nos: readonly number[]): Promise<void> {
    try {
      const sealed = await sealGroup(this.parts, nos, lease);
      this.sealed += sealed;
      this.failed = 0;
      for (const no of nos) this.retryAt.delete(no);
    } catch (error) {
      if (error instanceof LeaseLost || (error instanceof PlatformError && error.code !== "store_damaged")) throw error;
      if (nos.length > 1) {
        const middle = Math.ceil(nos.length / 2);
        await this.sealGroup(lease, nos.slice(0, middle));
        await this.sealGroup(lease, nos.slice(middle));
        return;
      }
      if (error instanceof SealOvertaken) return;
      this.failed++;
      this.retryAt.set(nos[0]!, performance.now() + RETRY_MS);
      this.warn(`An instance could not be sealed, its points stay in the journal: ${messageOf(error)}`);
    }
  }
}

/** @returns numbers of instances that are sealed together; one with much is a group of its own */
function grouped(candidates: readonly Candidate[]): number[][] {
  const groups: number[][] = [];
  let room = 0;
  for (const { no, bytes } of candidates) {
    room -= bytes;
    const group = groups.at(-1);
    if (group !== undefined && room >= 0 && group.length < GROUP) group.push(no);
    else {
      groups.push([no]);
      room = GROUP_BYTES - bytes;
    }
  }
  return groups;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
