import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import type { Told } from "../live/told.js";
import { liveFigures } from "./live-figures.js";

/** A command that goes into the journal. */
export interface JournalEntry {
  no: number;
  pos: number;
  head: string;
  body: Uint8Array;
  /** The body in a smaller form; absent where there is none. */
  packed: Uint8Array | undefined;
}

/** An instance that a transaction changes. */
export interface ChangedInstance {
  held: HeldInstance;
  /** Its facts are not those that the database has. */
  hasNewFacts: boolean;
  /** Bytes of the journal that it gets. */
  bytes: number;
}

/**
 * One statement for all of it. Bodies come joined in one value, which goes over as it is: each row takes its part. Statements of a `WITH` see the moment
 * before; that of the instances is the last, so that a row that is not there any more would be noticed.
 */
const WRITE = `
  WITH journal AS (
    INSERT INTO ava.journal (instance, pos, head, body, body_bytes)
    SELECT no, pos, head, substring($4::bytea FROM start FOR size), body_bytes
    FROM unnest($1::bigint[], $2::bigint[], $3::text[], $5::int[], $6::int[], $25::int[]) AS j (no, pos, head, start, size, body_bytes)
  ), facts AS (
    INSERT INTO ava.facts (instance, facts) SELECT * FROM unnest($7::bigint[], $8::text[])
    ON CONFLICT (instance) DO UPDATE SET facts = excluded.facts
  ), changes AS (
    INSERT INTO ava.changes (what) SELECT $9::text WHERE $9::text <> ''
  )
  UPDATE ava.instances i SET
    training = u.training, state = u.state, start_time = u.start_time, start_ms = u.start_ms, stop_time = u.stop_time,
    heartbeat_ms = greatest(i.heartbeat_ms, u.heartbeat_ms), deleted_ms = u.deleted_ms, series = u.series, pos = u.pos,
    facts_pos = CASE WHEN u.has_new_facts THEN u.pos ELSE i.facts_pos END,
    is_unsealed = i.is_unsealed OR u.bytes > 0,
    unsealed_bytes = i.unsealed_bytes + u.bytes,
    unsealed_since = CASE WHEN u.bytes > 0 THEN coalesce(i.unsealed_since, now()) ELSE i.unsealed_since END,
    live_pos = CASE WHEN u.changed_from <= i.sealed_pos THEN u.pos END,
    live_names = CASE WHEN u.changed_from <= i.sealed_pos THEN u.names::text[] END,
    live_figures = CASE WHEN u.changed_from <= i.sealed_pos THEN u.figures::float8[] END
  FROM unnest(
    $10::bigint[], $11::text[], $12::text[], $13::text[], $14::float8[], $15::text[], $16::float8[], $17::float8[], $18::int[], $19::bigint[],
    $20::bool[], $21::bigint[], $22::bigint[], $23::text[], $24::text[]
  ) AS u (
    no, training, state, start_time, start_ms, stop_time, heartbeat_ms, deleted_ms, series, pos, has_new_facts, bytes, changed_from, names, figures
  )
  WHERE i.no = u.no`;

/**
 * Writes the commands of a transaction, with what lists look at of the instances that they changed.
 */
export async function writeGroup(
  ask: Ask,
  entries: readonly JournalEntry[],
  changed: readonly ChangedInstance[],
  told: Told | undefined,
): Promise<void> {
  const bodies = entries.map(({ body, packed = body }) => Buffer.from(packed.buffer, packed.byteOffset, packed.length));
  let start = 1;
  const starts = bodies.map(({ length }) => (start += length) - length);
  const withFacts = changed.filter(({ hasNewFacts }) => hasNewFacts);
  const light = changed.map(lightRow);
  await ask(WRITE, [
    entries.map(({ no }) => no),
    entries.map(({ pos }) => pos),
    entries.map(({ head }) => head),
    bodies.length === 1 ? bodies[0] : Buffer.concat(bodies),
    starts,
    bodies.map(({ length }) => length),
    withFacts.map(({ held }) => held.no),
    withFacts.map(({ held }) => JSON.stringify(held.facts)),
    told === undefined ? "" : JSON.stringify(told),
    ...Array.from({ length: LIGHT_COLUMNS }, (_, column) => light.map((row) => row[column])),
    entries.map(({ body, packed }) => (packed === undefined ? null : body.length)),
  ]);
}

const LIGHT_COLUMNS = 15;

function lightRow({ held, hasNewFacts, bytes }: ChangedInstance): unknown[] {
  const { no, training, facts, heartbeatMs, deletedMs = null, series, pos } = held;
  const { state = "running", startTime = null, stopTime = null } = facts;
  const startMs = Date.parse(startTime ?? "");
  let count = 0;
  for (const { totals } of series.values()) if (totals.count > 0) count++;
  return [
    no,
    training,
    state,
    startTime,
    Number.isNaN(startMs) ? null : startMs,
    stopTime,
    heartbeatMs,
    deletedMs,
    count,
    pos,
    hasNewFacts,
    bytes,
    held.changed.fromPos,
    ...liveFigures(held),
  ];
}
