import type { Ask } from "../connect/database.js";
import { ERA } from "../connect/era.js";

/** What the row of an instance says of its journal. */
export interface InstanceRow {
  no: number;
  id: string;
  /** The last command. */
  pos: number;
  /** Commands up to this one are no longer in the journal. */
  sealedPos: number;
  /** Last time any writer was heard, also by what brought nothing new. */
  heartbeatMs: number;
}

/** A command as the journal has it. */
export interface JournalRow {
  no: number;
  pos: number;
  head: string;
  /** As it is stored. */
  body: Buffer;
  /** Bytes of the body before it was packed; null where it is as it came. */
  bodyBytes: number | null;
}

/** Columns of an {@link InstanceRow}. */
export const INSTANCE_COLUMNS = `i.no, i.id, i.pos, i.sealed_pos AS "sealedPos", i.heartbeat_ms AS "heartbeatMs"`;

/** What a replica has of an instance already. */
export interface Known {
  no: number;
  pos: number;
}

/** Where the journal of an instance is read: a subquery with an order is not joined in any other way than row by row, by the index. */
const JOURNAL = (after: string): string =>
  `(SELECT pos, head, body, body_bytes AS "bodyBytes" FROM ava.journal WHERE instance = i.no AND pos > ${after} ORDER BY pos) j ON true`;

const SELECT_BOTH = `
  SELECT ${INSTANCE_COLUMNS}, j.pos AS at, j.head, j.body, j."bodyBytes", ${ERA}
  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) w (id, no, pos)
  JOIN ava.instances i ON i.id = w.id
  LEFT JOIN LATERAL ${JOURNAL("CASE WHEN w.no = i.no THEN w.pos ELSE 0 END")}
  ORDER BY i.no, j.pos`;

const SELECT_JOURNAL = `
  SELECT i.no, j.pos, j.head, j.body, j."bodyBytes"
  FROM unnest($1::bigint[], $2::bigint[]) i (no, pos)
  JOIN LATERAL ${JOURNAL("i.pos")}
  ORDER BY i.no, j.pos`;

/**
 * Reads rows of instances with what their journals have that is new, in one statement: it sees one moment.
 *
 * @param wanted - ids, with what is known of each
 */
export async function readBoth(
  ask: Ask,
  wanted: ReadonlyMap<string, Known | undefined>,
): Promise<{ row: InstanceRow; journal: JournalRow[] }[]> {
  const known = [...wanted.values()];
  const values = [[...wanted.keys()], known.map((one) => one?.no ?? 0), known.map((one) => one?.pos ?? 0)];
  type Row = InstanceRow & Pick<JournalRow, "head" | "body" | "bodyBytes"> & { at: number | null; era: number };
  const found = new Map<number, { row: InstanceRow; journal: JournalRow[] }>();
  for (const { at, head, body, bodyBytes, era: _, ...row } of await ask<Row>(SELECT_BOTH, values)) {
    const one = found.get(row.no) ?? { row, journal: [] };
    found.set(row.no, one);
    if (at !== null) one.journal.push({ no: row.no, pos: at, head, body, bodyBytes });
  }
  return [...found.values()];
}

/** @param behind - numbers and positions of instances @returns what their journals have behind these, by number */
export async function readJournal(ask: Ask, behind: readonly Known[]): Promise<Map<number, JournalRow[]>> {
  const found = new Map<number, JournalRow[]>();
  if (behind.length === 0) return found;
  for (const row of await ask<JournalRow>(SELECT_JOURNAL, [behind.map(({ no }) => no), behind.map(({ pos }) => pos)])) {
    const rows = found.get(row.no);
    if (rows === undefined) found.set(row.no, [row]);
    else rows.push(row);
  }
  return found;
}
