import { setImmediate } from "node:timers/promises";
import type { Ask, Copy } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import { type Advancing, advance } from "../load/advance.js";
import type { Bases } from "../load/bases.js";
import { INSTANCE_COLUMNS, type InstanceRow, type JournalRow } from "../load/rows.js";

/** An instance as it is now, and what of it was sealed before. */
export interface Unsealed {
  row: InstanceRow;
  held: HeldInstance;
  /** Points of the series that are sealed, by number. */
  sealedPoints: ReadonlyMap<number, number>;
  /** Events that are sealed. */
  sealedEvents: number;
  /** Bytes of the journal that can go. */
  journalBytes: number;
}

/** Bytes of a journal that are sealed at a time: one that has grown while nothing could be sealed is more than the memory holds. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What counts is what they are in memory. */
const BODY_BYTES = "coalesce(body_bytes, length(body))";

/** In the place of a size that is null: the body is not packed. */
const AS_IT_CAME = -1;

/** Instances whose journals are together no more than can be read at a time, and the first in any case, in the order in which commits lock them. */
const SELECT_ROWS = `
  SELECT no, id, pos, "sealedPos", "heartbeatMs" FROM (
    SELECT ${INSTANCE_COLUMNS}, sum(unsealed_bytes) OVER (ORDER BY id) - unsealed_bytes AS before FROM ava.instances i WHERE no = ANY ($1::bigint[]) AND pos > sealed_pos
  ) r WHERE before < $2 ORDER BY id`;

/** Journals are read by their index: a subquery with an order is not joined in any other way than row by row. */
const selectFirst = (rows: readonly InstanceRow[], mostBytes: number): string => `
  SELECT w.no, j.pos, j.head, j.body, j.size
  FROM unnest('{${rows.map(({ no }) => no).join(",")}}'::bigint[], '{${rows.map(({ sealedPos }) => sealedPos).join(",")}}'::bigint[]) AS w (no, pos)
  JOIN LATERAL (
    SELECT pos, head, body, coalesce(body_bytes, ${AS_IT_CAME}) AS size FROM ava.journal
    WHERE instance = w.no AND pos > w.pos AND pos <= (
      SELECT max(pos) FROM (
        SELECT pos, sum(${BODY_BYTES}) OVER (ORDER BY pos) - ${BODY_BYTES} AS bytes FROM ava.journal WHERE instance = w.no AND pos > w.pos
      ) b WHERE bytes < ${mostBytes}
    ) ORDER BY pos
  ) j ON true`;

/**
 * Reads instances, each with the first of what its journal has.
 *
 * @param ask - sees one moment, as `copy` does
 * @param mostBytes - what a journal has behind these bytes stays for the next time; so do instances behind others whose journals are that much together
 * @returns those that have something to seal, in the order of their ids
 */
export async function readUnsealed(
  ask: Ask,
  copy: Copy,
  nos: readonly number[],
  bases: Bases,
  advancing: Advancing,
  mostBytes: number = MOST_BYTES,
): Promise<Unsealed[]> {
  const rows = await ask<InstanceRow>(SELECT_ROWS, [nos, mostBytes]);
  if (rows.length === 0) return [];
  const sealed = await bases.read(ask, rows);
  const journals = await readJournals(copy, rows, mostBytes);
  const all: Unsealed[] = [];
  for (const now of rows) {
    const base = sealed.get(now.no);
    const journal = journals.get(now.no) ?? [];
    const row = { ...now, pos: journal.at(-1)?.pos ?? now.pos };
    const sealedPoints = new Map([...(base?.series.values() ?? [])].map((series) => [series.no, series.totals.count]));
    const sealedEvents = base?.events.length ?? 0;
    const use = await bases.ready(ask, base, journal);
    const held = use(() => advance(base, row, journal, advancing));
    const journalBytes = journal.reduce((sum, { head, body, bodyBytes }) => sum + head.length + (bodyBytes ?? body.length), 0);
    all.push({ row, held, sealedPoints, sealedEvents, journalBytes });
    // Requests go on between two instances.
    await setImmediate();
  }
  return all;
}

async function readJournals(copy: Copy, instances: readonly InstanceRow[], mostBytes: number): Promise<Map<number, JournalRow[]>> {
  const journals = new Map<number, JournalRow[]>();
  for (const [instance, pos, head, body, size] of await copy(selectFirst(instances, mostBytes))) {
    const no = Number(instance!.readBigInt64BE());
    const bodyBytes = size!.readInt32BE();
    const isPacked = bodyBytes !== AS_IT_CAME;
    const row = { no, pos: Number(pos!.readBigInt64BE()), head: head!.toString(), body: body!, bodyBytes: isPacked ? bodyBytes : null };
    const rows = journals.get(no);
    if (rows === undefined) journals.set(no, [row]);
    else rows.push(row);
  }
  return journals;
}
