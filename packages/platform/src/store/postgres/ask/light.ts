import type { InstanceFacts } from "ava-protocol";
import type { InstanceHead } from "../../contract/instance.js";
import type { Candidate } from "../../listing/candidate.js";
import { RememberedFacts } from "../../listing/remembered.js";
import type { Ask } from "../connect/database.js";
import { ERA } from "../connect/era.js";

/** What lists look at of an instance; every commit keeps it. */
export interface LightRow extends Candidate {
  readonly no: number;
  /** Position at which its facts changed last. */
  readonly factsPos: number;
  /** All of them, once they are remembered. */
  facts: InstanceHead["facts"];
  params: Candidate["params"];
  /** What lists have asked for, also of metrics of which it has no points. It is replaced when there is more, never changed. */
  series: Candidate["series"];
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

/** Figures of an instance that has none. */
export const NO_SERIES: Candidate["series"] = new Map();

/** Columns of a light row, for {@link lightRow}. */
export const LIGHT = `i.no, i.id, i.training, i.state, i.start_time AS "startTime", i.stop_time AS "stopTime", i.heartbeat_ms AS "heartbeatMs", i.facts_pos AS "factsPos"`;

/** Rows that are read at a time: the answer is taken apart without a pause. */
export const BLOCK_ROWS = 4000;

/** @returns what lists look at */
export function lightRow({ no, factsPos, id, training, heartbeatMs, state, startTime, stopTime }: Row): LightRow {
  const facts = { state, ...(startTime === null ? {} : { startTime }), ...(stopTime === null ? {} : { stopTime }) };
  return { no, factsPos, id, training, heartbeatMs, facts: facts as InstanceHead["facts"], series: NO_SERIES, params: undefined };
}

/** @param where - of instances `i`, with values from `$1` on @returns light rows */
export async function readLight(ask: Ask, where: string, values: readonly unknown[]): Promise<LightRow[]> {
  return (await ask<Row>(`SELECT ${LIGHT}, ${ERA} FROM ava.instances i WHERE ${where}`, values)).map(lightRow);
}

/** @returns all instances that are not deleted, in blocks; those of a training, or with these ids */
export async function* allLight(
  ask: Ask,
  { training, ids }: { training: string | undefined; ids: readonly string[] | undefined },
): AsyncGenerator<LightRow[]> {
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
  private readonly known: RememberedFacts<number, { factsPos: number; facts: Readonly<InstanceFacts> }>;

  /** @param maxCharacters - as of `RememberedFacts` */
  constructor(maxCharacters?: number) {
    this.known = new RememberedFacts(maxCharacters);
  }

  /** Forgets all: positions of a database that went back come again with other facts. */
  clear(): void {
    this.known.clear();
  }

  /** @param no - of an instance that is deleted */
  forget(no: number): void {
    this.known.forget(no);
  }

  /** @returns the rows with all their facts */
  async withFacts(ask: Ask, rows: readonly LightRow[]): Promise<readonly LightRow[]> {
    const missing = rows.filter(({ no, factsPos }) => this.known.get(no)?.factsPos !== factsPos);
    const read = new Map<number, Readonly<InstanceFacts>>();
    if (missing.length > 0) {
      const text = `SELECT i.no, i.facts_pos AS "factsPos", f.facts, ${ERA} FROM ava.facts f JOIN ava.instances i ON i.no = f.instance WHERE f.instance = ANY ($1::bigint[])`;
      const found = await ask<{ no: number; factsPos: number; facts: string }>(text, [missing.map(({ no }) => no)]);
      for (const { no, factsPos, facts: json } of found) {
        const facts = JSON.parse(json) as InstanceFacts;
        read.set(no, facts);
        this.known.put(no, { factsPos, facts }, json.length);
      }
    }
    return rows.map((row) => {
      const facts = read.get(row.no) ?? this.known.get(row.no)?.facts;
      if (facts === undefined || facts === row.facts) return row;
      // Of facts that are not remembered only the answer to this question knows.
      if (this.known.get(row.no)?.facts !== facts) return { ...row, facts };
      row.facts = facts;
      row.params = new Map();
      return row;
    });
  }
}
