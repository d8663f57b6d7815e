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

const selectFirst = ({ no, sealedPos }: InstanceRow, mostBytes: number): string => `
  SELECT pos, head, body, coalesce(body_bytes, ${AS_IT_CAME}) FROM ava.journal
  WHERE instance = ${no} AND pos > ${sealedPos} AND pos <= (
    SELECT max(pos) FROM (
      SELECT pos, sum(${BODY_BYTES}) OVER (ORDER BY pos) - ${BODY_BYTES} AS bytes FROM ava.journal WHERE instance = ${no} AND pos > ${sealedPos}
    ) j WHERE bytes < ${mostBytes}
  ) ORDER BY pos`;

/**
 * Reads an instance with the first of what its journal has.
 *
 * @param ask - sees one moment, as `copy` does
 * @param mostBytes - what is behind these bytes stays for the next time
 * @returns `undefined` where there is nothing to seal
 */
export async function readUnsealed(
  ask: Ask,
  copy: Copy,
  no: number,
  bases: Bases,
  advancing: Advancing,
  mostBytes: number = MOST_BYTES,
): Promise<Unsealed | undefined> {
  const [now] = await ask<InstanceRow>(`SELECT ${INSTANCE_COLUMNS} FROM ava.instances i WHERE no = $1 AND pos > sealed_pos`, [no]);
  if (now === undefined) return undefined;
  const base = (await bases.read(ask, [now])).get(no);
  const journal = (await copy(selectFirst(now, mostBytes))).map(([pos, head, body, size]): JournalRow => {
    const bodyBytes = size!.readInt32BE();
    const isPacked = bodyBytes !== AS_IT_CAME;
    return { no, pos: Number(pos!.readBigInt64BE()), head: head!.toString(), body: body!, bodyBytes: isPacked ? bodyBytes : null };
  });
  const row = { ...now, pos: journal.at(-1)?.pos ?? now.pos };
  const sealedPoints = new Map([...(base?.series.values() ?? [])].map((series) => [series.no, series.totals.count]));
  const sealedEvents = base?.events.length ?? 0;
  const use = await bases.ready(ask, base, journal);
  const held = use(() => advance(base, row, journal, advancing));
  const journalBytes = journal.reduce((sum, { head, body, bodyBytes }) => sum + head.length + (bodyBytes ?? body.length), 0);
  return { row, held, sealedPoints, sealedEvents, journalBytes };
}
