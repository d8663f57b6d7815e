import type { Ask } from "../connect/database.js";
import { encodeState, rowSum } from "./sealed-state.js";
import { putEvents, putFigures, putOverviews, putPieces, putSegments, putSeries, removeSeries, type Sealed } from "./write-rows.js";

/** Thrown within a transaction where an instance was sealed or removed meanwhile: nothing of it is kept. */
export class SealOvertaken extends Error {
  override readonly name = "SealOvertaken";
}

/** As commits do, so that neither waits for the other in a circle. */
const LOCK = "SELECT no FROM ava.instances WHERE no = ANY ($1::bigint[]) ORDER BY id FOR UPDATE";

/** Rows of the journal are found by its index, row by row: a join would read all of it where the server does not know yet how much there is. */
const MOVE = `
  WITH to_move AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS u (no, pos, sealed_pos, bytes)
  ), dropped AS (
    DELETE FROM ava.journal WHERE ctid = ANY (ARRAY(
      SELECT j.ctid FROM to_move u JOIN LATERAL (SELECT ctid FROM ava.journal WHERE instance = u.no AND pos <= u.pos ORDER BY pos) j ON true
    ))
  )
  UPDATE ava.instances i SET sealed_pos = u.pos, is_unsealed = i.pos > u.pos, unsealed_bytes = greatest(0, unsealed_bytes - u.bytes),
    unsealed_since = CASE WHEN i.pos > u.pos THEN now() END,
    live_pos = CASE WHEN i.pos > u.pos THEN live_pos END, live_names = CASE WHEN i.pos > u.pos THEN live_names END,
    live_figures = CASE WHEN i.pos > u.pos THEN live_figures END
  FROM to_move u WHERE i.no = u.no AND i.sealed_pos = u.sealed_pos AND i.pos >= u.pos RETURNING i.no`;

/**
 * Writes what is new of instances, then moves the marks up to which they are sealed, and drops their journals up to there. The rows of the instances are locked
 * last, so that commits wait for the shortest time.
 *
 * @param ask - within a transaction that holds the lease
 * @throws SealOvertaken
 */
export async function writeSealed(ask: Ask, all: readonly Sealed[]): Promise<void> {
  await putSegments(ask, all);
  await putSeries(ask, all);
  await putOverviews(ask, all);
  await removeSeries(ask, all);
  await putPieces(ask, all);
  await putEvents(ask, all);
  await putFigures(ask, all);
  await putStates(ask, all);
  await moveMarks(ask, all);
}

async function putStates(ask: Ask, all: readonly Sealed[]): Promise<void> {
  const states = all.map(({ held }) => {
    let series = 0;
    for (const { totals } of held.series.values()) if (totals.count > 0) series++;
    return encodeState(held, series);
  });
  await ask(
    `INSERT INTO ava.sealed (instance, pos, state, sum) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
     ON CONFLICT (instance) DO UPDATE SET pos = excluded.pos, state = excluded.state, sum = excluded.sum`,
    [
      all.map(({ held }) => held.no),
      all.map(({ held }) => held.pos),
      states,
      all.map(({ held: { no, pos } }, i) => rowSum(no, pos, states[i]!)),
    ],
  );
}

async function moveMarks(ask: Ask, all: readonly Sealed[]): Promise<void> {
  const nos = all.map(({ held }) => held.no);
  await ask(LOCK, [nos]);
  const values = [nos, all.map(({ held }) => held.pos), all.map(({ row }) => row.sealedPos), all.map(({ journalBytes }) => journalBytes)];
  const moved = new Set((await ask<{ no: number }>(MOVE, values)).map(({ no }) => no));
  const left = all.filter(({ held }) => !moved.has(held.no)).map(({ held }) => held.id);
  if (left.length > 0) throw new SealOvertaken(`Sealed or removed meanwhile: ${left.join(", ")}.`);
}
