import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import { type Advancing, advance } from "../load/advance.js";
import type { Bases } from "../load/bases.js";
import { INSTANCE_COLUMNS, type InstanceRow, readJournal } from "../load/rows.js";

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

/**
 * Reads an instance with what its journal has.
 *
 * @param ask - sees one moment
 * @returns `undefined` where there is nothing to seal
 */
export async function readUnsealed(ask: Ask, no: number, bases: Bases, advancing: Advancing): Promise<Unsealed | undefined> {
  const [row] = await ask<InstanceRow>(`SELECT ${INSTANCE_COLUMNS} FROM ava.instances i WHERE no = $1 AND pos > sealed_pos`, [no]);
  if (row === undefined) return undefined;
  const base = (await bases.read(ask, [row])).get(no);
  const journal = (await readJournal(ask, [{ no, pos: row.sealedPos }])).get(no) ?? [];
  const sealedPoints = new Map([...(base?.series.values() ?? [])].map((series) => [series.no, series.totals.count]));
  const sealedEvents = base?.events.length ?? 0;
  const use = await bases.ready(ask, base, journal);
  const held = use(() => advance(base, row, journal, advancing));
  const journalBytes = journal.reduce((sum, { head, body }) => sum + head.length + body.length, 0);
  return { row, held, sealedPoints, sealedEvents, journalBytes };
}
