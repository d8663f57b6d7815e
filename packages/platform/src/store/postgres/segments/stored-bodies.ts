import { PlatformError } from "../../../error.js";
import { BucketClaim } from "../../bucket-owner/claim.js";
import type { Ask, Copy } from "../connect/database.js";
import { ERA, ERA_COLUMN } from "../connect/era.js";
import { type SegmentBodies, type SegmentObjects, type Stretch, segmentPrefix } from "./bodies.js";
import { claimObjects, databaseBeats } from "./owner.js";

/**
 * PostgreSQL reads only the pages of a value that the stretch lies in; see `STORAGE EXTERNAL`. The first row is as `Database.copy` wants it; each other one has
 * several stretches joined: the number of each, from 1, its bytes' number, and its bytes. The number is negative where the segment is an object, and there is none
 * where there is no segment.
 *
 * @param arrays - numbers of segments, first bytes from 1, and sizes, as texts of arrays
 * @param together - stretches of a row
 */
const selectStretches = ([segments, starts, sizes]: readonly string[], together: number): string => `
  SELECT 0, int8send(${ERA_COLUMN}) FROM (SELECT ${ERA}) AS seen
  UNION ALL
  SELECT 1, string_agg(int4send(no) || int4send(length(part)) || part, '') FROM (
    SELECT CASE WHEN s.bytes IS NULL THEN -w.i ELSE w.i END::int AS no, coalesce(substring(s.bytes FROM w.start FOR w.size), '') AS part, w.i / ${together} AS row
    FROM unnest('${segments}'::bigint[], '${starts}'::int[], '${sizes}'::int[]) WITH ORDINALITY AS w (segment, start, size, i)
    JOIN ava.segments s ON s.no = w.segment
  ) AS found GROUP BY row`;

/** Bytes of the stretches of one row, about: what is remembered of one keeps the others in memory. */
const ROW_BYTES = 64 * 1024;

/** Objects that are asked for at a time. */
const PARALLEL = 32;

/** Stretches of one statement: more are read by several, on connections of their own. */
const EACH = 1024;

/** Bytes between two stretches of an object up to which both are read with one request, and bytes of one request. */
const NEAR_BYTES = 64 * 1024;
const REQUEST_BYTES = 2 * 1024 * 1024;

/** Rows of one statement, when objects are compared with them. */
const BATCH = 1000;

/** In how many seconds one may ask again that did not keep what it was given. */
const RETRY_AFTER_SECONDS = 5;

/** How long an object without a row is left alone: a sealing that names it may be on its way. */
const ORPHAN_MS = 3_600_000;

/** Segments that are rows of a table. Where there is a bucket, new ones are objects in it, and their rows have no bytes. */
export class StoredBodies implements SegmentBodies {
  private readonly ask: Ask;
  private readonly copy: Copy;
  private readonly objects: SegmentObjects | undefined;
  private prefix: Promise<string> | undefined;
  /** Before anything is changed in the bucket: it must be this database's. */
  readonly claim: BucketClaim | undefined;
  /** Objects without a row, and when they were found. */
  private readonly orphans = new Map<string, number>();

  /** @param objects - absent where segments are kept in the table */
  constructor({ ask, copy }: { ask: Ask; copy: Copy }, objects?: SegmentObjects) {
    this.ask = ask;
    this.copy = copy;
    this.objects = objects;
    this.claim = objects && new BucketClaim(objects, databaseBeats(ask), () => claimObjects(ask, objects, (no) => this.keyOf(no)));
  }

  /**
   * Gives new bytes a number that no other segment has; where they are an object, they are kept before any transaction names it.
   *
   * @returns the number, and what the row of the segment has
   * @throws PlatformError `store_failed`, `store_full`
   */
  async keep(bytes: Buffer): Promise<{ no: number; size: number; inRow: Buffer | null }> {
    await this.claim?.hold();
    for (;;) {
      const [row] = await this.ask<{ no: number }>("SELECT nextval('ava.segment_no') AS no");
      const { no } = row!;
      if (this.objects === undefined) return { no, size: bytes.length, inRow: bytes };
      // A database that was brought back to an earlier time counts once more from there: what later ones have kept stays as it is.
      const key = await this.keyOf(no);
      if (!(await this.objects.put(key, bytes, true))) continue;
      await refuseUnkept(this.objects, key, bytes);
      return { no, size: bytes.length, inRow: null };
    }
  }

  async read(stretches: readonly Stretch[]): Promise<(Uint8Array | undefined)[]> {
    const found = Array.from({ length: stretches.length }, (): Uint8Array | undefined => undefined);
    const outside: number[] = [];
    const parts: Promise<void>[] = [];
    for (let start = 0; start < stretches.length; start += EACH)
      parts.push(this.readRows(stretches.slice(start, start + EACH), start, found, outside));
    await Promise.all(parts);
    outside.sort((a, b) => a - b);
    await this.readObjects(stretches, outside, found);
    return found;
  }

  private async readRows(
    stretches: readonly Stretch[],
    first: number,
    found: (Uint8Array | undefined)[],
    outside: number[],
  ): Promise<void> {
    const arrayOf = (number: (stretch: Stretch) => number): string => `{${stretches.map(number).join(",")}}`;
    const arrays = [arrayOf(({ segment }) => segment), arrayOf(({ at }) => at + 1), arrayOf(({ bytes }) => bytes)];
    const largest = stretches.reduce((most, { bytes }) => Math.max(most, bytes), 1);
    const [, ...rows] = await this.copy(selectStretches(arrays, Math.ceil(ROW_BYTES / largest)));
    for (const [, joined] of rows) {
      const { buffer, byteOffset } = joined!;
      for (let at = 0, end = 0; at < joined!.length; at = end) {
        const i = joined!.readInt32BE(at);
        const bytes = joined!.readInt32BE(at + 4);
        end = at + 8 + bytes;
        if (i < 0) outside.push(first - i - 1);
        else if (bytes > 0) found[first + i - 1] = new Uint8Array(buffer, byteOffset + at + 8, bytes);
      }
    }
  }

  /** Removes objects whose rows are gone. What is left of them when this ends early, the next sweep finds. @throws PlatformError `store_failed` */
  async remove(segments: readonly number[]): Promise<void> {
    if (this.objects === undefined || segments.length === 0) return;
    await this.claim?.hold();
    for (const no of segments) await this.objects.delete(await this.keyOf(no));
  }

  /**
   * Removes objects that no row names: of sealings that did not come to their end, and of instances that were removed while the bucket did not answer.
   *
   * @returns how many
   * @throws PlatformError `store_failed`
   */
  async sweep(nowMs: number): Promise<number> {
    if (this.objects === undefined) return 0;
    await this.claim?.hold();
    const prefix = await this.keyOf("");
    const orphans = new Set<string>();
    let keys: string[] = [];
    const compare = async (): Promise<void> => {
      const nos = keys.map((key) => Number(key.slice(prefix.length)));
      const rows = await this.ask<{ no: number }>("SELECT no FROM ava.segments WHERE no = ANY ($1::bigint[])", [nos]);
      const there = new Set(rows.map(({ no }) => no));
      for (const [i, key] of keys.entries()) if (!there.has(nos[i]!)) orphans.add(key);
      keys = [];
    };
    for await (const { key } of this.objects.list(prefix)) if (keys.push(key) === BATCH) await compare();
    await compare();
    for (const key of this.orphans.keys()) if (!orphans.has(key)) this.orphans.delete(key);
    let removed = 0;
    for (const key of orphans) {
      const foundMs = this.orphans.get(key) ?? nowMs;
      this.orphans.set(key, foundMs);
      if (nowMs - foundMs < ORPHAN_MS) continue;
      await this.objects.delete(key);
      removed++;
    }
    return removed;
  }

  /**
   * Reads stretches of objects; a request takes longer than the bytes between two that lie close together. A replica that was started without the
   * bucket, before any was in it, does not have those of others: their points are missing, and told.
   *
   * @param which - numbers of the stretches
   * @param found - takes what is there
   */
  private async readObjects(stretches: readonly Stretch[], which: readonly number[], found: (Uint8Array | undefined)[]): Promise<void> {
    const ranges = joinNear(which.map((i) => ({ ...stretches[i]!, i })));
    for (let start = 0; start < ranges.length; start += PARALLEL) {
      const part = ranges.slice(start, start + PARALLEL).map(async ({ segment, at, end, of }) => {
        const bytes = await this.objects?.get(await this.keyOf(segment), { start: at, end: end - 1 });
        for (const one of of) found[one.i] = bytes && new Uint8Array(bytes.subarray(one.at - at, one.at - at + one.bytes));
      });
      await Promise.all(part);
    }
  }

  private async keyOf(no: number | ""): Promise<string> {
    this.prefix ??= this.readPrefix();
    this.prefix.catch(() => (this.prefix = undefined));
    return (await this.prefix) + String(no);
  }

  private async readPrefix(): Promise<string> {
    await this.ask("INSERT INTO ava.secrets (name, value) VALUES ('bucket', gen_random_uuid()::text) ON CONFLICT DO NOTHING");
    const [row] = await this.ask<{ value: string }>("SELECT value FROM ava.secrets WHERE name = 'bucket'");
    return segmentPrefix(row!.value);
  }
}

/** The journal goes once a segment is kept: a bucket that says so, and has nothing or a part of it, is noticed before. @throws PlatformError `store_failed` */
async function refuseUnkept(objects: SegmentObjects, key: string, bytes: Buffer): Promise<void> {
  const end = bytes.length - 1;
  const last = await objects.get(key, { start: end, end });
  if (last?.length === 1 && last[0] === bytes[end]) return;
  const message = `The bucket of --blobs ${objects.spec} said that it has kept ${key} (${bytes.length} bytes), but its last byte cannot be read. Points stay in the database until the bucket keeps them.`;
  throw new PlatformError("store_failed", message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

type Numbered = Stretch & { i: number };

/** @returns ranges of objects, each with the stretches that lie in it */
function joinNear(stretches: readonly Numbered[]): { segment: number; at: number; end: number; of: Numbered[] }[] {
  const ranges: ReturnType<typeof joinNear> = [];
  for (const one of [...stretches].sort((a, b) => a.segment - b.segment || a.at - b.at)) {
    const end = one.at + one.bytes;
    const last = ranges.at(-1);
    if (last?.segment === one.segment && one.at - last.end <= NEAR_BYTES && end - last.at <= REQUEST_BYTES) {
      last.end = Math.max(last.end, end);
      last.of.push(one);
    } else ranges.push({ segment: one.segment, at: one.at, end, of: [one] });
  }
  return ranges;
}
