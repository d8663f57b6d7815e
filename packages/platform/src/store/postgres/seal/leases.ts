import type { Ask, Database } from "../connect/database.js";

/** Instances are shared out among sealers by their number. */
export const BUCKETS = 64;

/** How long a lease lasts that is not renewed, in milliseconds of the database's clock. */
export const LEASE_MS = 30_000;

/** The right to seal instances of a bucket, for as long as no other sealer has a later one. */
export interface Lease {
  bucket: number;
  owner: string;
  /** Grows with each new lease of the bucket. */
  epoch: number;
  /** How long it lasts from each renewal on, by the database's clock. */
  leaseMs: number;
}

/** Thrown within a transaction whose lease is another's by now: nothing of it is kept. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/**
 * Only the database's clock counts: those of replicas may jump, and a replica may have been stopped for any time. A sealer takes a lease of its own again,
 * which it could not give back when its connection was cut.
 */
const TAKE = `
  INSERT INTO ava.leases AS l (bucket, owner, epoch, expires) VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
  ON CONFLICT (bucket) DO UPDATE SET owner = excluded.owner, epoch = l.epoch + 1, expires = excluded.expires
  WHERE l.expires <= clock_timestamp() OR l.owner = excluded.owner
  RETURNING epoch`;

/** @returns a lease of a bucket; `undefined` where another sealer has one */
export async function takeLease(database: Database, bucket: number, owner: string, leaseMs: number): Promise<Lease | undefined> {
  const [row] = await database.ask<{ epoch: number }>(TAKE, [bucket, owner, leaseMs / 1000]);
  return row && { bucket, owner, epoch: row.epoch, leaseMs };
}

/**
 * Within a transaction: sees that the lease still holds, and lasts. Another sealer that wants the bucket waits until the transaction has ended.
 *
 * @throws LeaseLost
 */
export async function renewLease(ask: Ask, { bucket, owner, epoch, leaseMs }: Lease): Promise<void> {
  const text = `UPDATE ava.leases SET expires = clock_timestamp() + make_interval(secs => $4)
    WHERE bucket = $1 AND owner = $2 AND epoch = $3 AND expires > clock_timestamp() RETURNING bucket`;
  if ((await ask(text, [bucket, owner, epoch, leaseMs / 1000])).length === 0) throw new LeaseLost(`The lease of bucket ${bucket} is lost.`);
}

/** Gives a lease back, so that others need not wait until it ends. */
export async function endLease(database: Database, { bucket, owner, epoch }: Lease): Promise<void> {
  await database.ask("UPDATE ava.leases SET expires = '-infinity' WHERE bucket = $1 AND owner = $2 AND epoch = $3", [bucket, owner, epoch]);
}
