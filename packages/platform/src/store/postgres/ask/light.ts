import type { InstanceHead } from "../../contract/instance.js";
import type { Candidate } from "../../listing/candidate.js";
import type { Ask } from "../connect/database.js";
import { ERA } from "../connect/era.js";

/** What lists look at of an instance; every commit keeps it. */
export interface LightRow extends Candidate {
  readonly no: number;
  /** Position at which its facts changed last. */
  readonly factsPos: number;
  /** Of all facts only those of the row, until all are asked for. */
  facts: InstanceHead["facts"];
  /** Whether these facts are those of the row alone, all of them and remembered, or all of them for one question. */
  has: "row" | "all" | "all once";
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
  return {
    no,
    factsPos,
    id,
    training,
    heartbeatMs,
    facts: facts as InstanceHead["facts"],
    has: "row",
    series: NO_SERIES,
    params: undefined,
  };
}

/** @param where - of instances `i`, with values from `$1` on @returns light rows */
export async function readLight(ask: Ask, where: string, values: readonly unknown[]): Promise<LightRow[]> {
  return (await ask<Row>(`SELECT ${LIGHT}, ${ERA} FROM ava.instances i WHERE ${where}`, values)).map(lightRow);
}

/** @returns all instances that are not deleted, in blocks; those of a training, or with these ids */
export async function* allLight(
  ask: Ask,
  { training, ids, blockRows }: { training: string | undefined; ids: readonly string[] | undefined; blockRows: number },
): AsyncGenerator<LightRow[]> {
  for (let after = 0, isMore = true; isMore; ) {
    const values: unknown[] = [after, blockRows, training ?? null, ids ?? null];
    const where = `i.deleted_ms IS NULL AND i.no > $1 AND ($3::text IS NULL OR i.training = $3) AND ($4::text[] IS NULL OR i.id = ANY ($4)) ORDER BY i.no LIMIT $2`;
    const rows = await readLight(ask, where, values);
    if (rows.length > 0) yield rows;
    isMore = rows.length === blockRows;
    after = rows.at(-1)?.no ?? 0;
  }
}
