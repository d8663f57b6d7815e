import type { InstanceFacts } from "ava-protocol";
import type { InstanceHead } from "../../contract/instance.js";
import type { Ask } from "../connect/database.js";

/** What lists look at of an instance; every commit keeps it. */
export interface LightRow {
  no: number;
  head: InstanceHead;
  /** Position at which its facts changed last. */
  factsPos: number;
}

/** A light row as it is read. */
export interface Row {
  no: number;
  id: string;
  training: string;
  state: string;
  startTime: string | null;
  stopTime: string | null;
  heartbeatMs: number;
  factsPos: number;
}

/** Columns of a light row, for {@link lightRow}. */
export const LIGHT = `i.no, i.id, i.training, i.state, i.start_time AS "startTime", i.stop_time AS "stopTime", i.heartbeat_ms AS "heartbeatMs", i.facts_pos AS "factsPos"`;

/** Rows that are read at a time: the answer is taken apart without a pause. */
export const BLOCK_ROWS = 4000;

/** Facts that are remembered: a person who looks at a list asks again. */
const MAX_FACTS = 100_000;

/** @returns what lists look at */
export function lightRow({ no, factsPos, id, training, heartbeatMs, state, startTime, stopTime }: Row): LightRow {
  const facts = { state, ...(startTime === null ? {} : { startTime }), ...(stopTime === null ? {} : { stopTime }) };
  return { no, factsPos, head: { id, training, heartbeatMs, facts: facts as InstanceHead["facts"] } };
}

/** @param where - of instances `i`, with values from `$1` on @returns light rows */
export async function readLight(ask: Ask, where: string, values: readonly unknown[]): Promise<LightRow[]> {
  return (await ask<Row>(`SELECT ${LIGHT} FROM ava.instances i WHERE ${where}`, values)).map(lightRow);
}

/** @returns all instances that are not deleted, in blocks; those of a training, or with these ids */
export async function* allLight(ask: Ask, { training, ids }: { training?: string; ids?: readonly string[] }): AsyncGenerator<LightRow[]> {
  for (let after = 0, isMore = true; isMore; ) {
    const values: unknown[] = [after, BLOCK_ROWS, training ?? null, ids ?? null];
    const where = `i.deleted_ms IS NULL AND i.no > $1 AND ($3::text IS NULL OR i.training = $3) AND ($4::text[] IS NULL OR i.id = ANY ($4)) ORDER BY i.no LIMIT $2`;
    const rows = await readLight(ask, where, values);
    if (rows.length > 0) yield rows;
    isMore = rows.length === BLOCK_ROWS;
    after = rows.at(-1)?.no ?? 0;
  }
}

/** Reads all facts of instances, and remembers them until they change. */
export class FactsReader {
  private readonly known = new Map<number, { factsPos: number; facts: Readonly<InstanceFacts> }>();

  /** Forgets all: positions of a database that went back come again with other facts. */
  clear(): void {
    this.known.clear();
  }

  /** @returns the rows with all their facts */
  async withFacts(ask: Ask, rows: readonly LightRow[]): Promise<LightRow[]> {
    const missing = rows.filter(({ no, factsPos }) => this.known.get(no)?.factsPos !== factsPos);
    if (missing.length > 0) {
      if (this.known.size + missing.length > MAX_FACTS) this.known.clear();
      const text = `SELECT i.no, i.facts_pos AS "factsPos", f.facts FROM ava.facts f JOIN ava.instances i ON i.no = f.instance WHERE f.instance = ANY ($1::bigint[])`;
      const found = await ask<{ no: number; factsPos: number; facts: string }>(text, [missing.map(({ no }) => no)]);
      for (const { no, factsPos, facts } of found) this.known.set(no, { factsPos, facts: JSON.parse(facts) as InstanceFacts });
    }
    return rows.map((row) => {
      const facts = this.known.get(row.no)?.facts;
      return facts === undefined ? row : { ...row, head: { ...row.head, facts } };
    });
  }
}
