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

const selectFirst = ({ no, sealedPos }: InstanceRow, mostBytes: number): string => `
  SELECT pos, head, body FROM ava.journal
  WHERE instance = ${no} AND pos > ${sealedPos} AND pos <= (
    SELECT max(pos) FROM (
      SELECT pos, sum(length(body)) OVER (ORDER BY pos) - length(body) AS bytes FROM ava.journal WHERE instance = ${no} AND pos > ${sealedPos}
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
  const journal = (await copy(selectFirst(now, mostBytes))).map(
    ([pos, head, body]): JournalRow => ({ no, pos: Number(pos!.readBigInt64BE()), head: head!.toString(), body: body! }),
  );
  const row = { ...now, pos: journal.at(-1)?.pos ?? now.pos };
  const sealedPoints = new Map([...(base?.series.values() ?? [])].map((series) => [series.no, series.totals.count]));
  const sealedEvents = base?.events.length ?? 0;
  const use = await bases.ready(ask, base, journal);
  const held = use(() => advance(base, row, journal, advancing));
  const journalBytes = journal.reduce((sum, { head, body }) => sum + head.length + body.length, 0);
  return { row, held, sealedPoints, sealedEvents, journalBytes };
}
