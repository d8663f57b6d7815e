import type { RecordsAnswer } from "ava-protocol";
import { PlatformError } from "../../error.js";
import { readLinePoints, refusePoints } from "../../intake/ava/points.js";
import { checkBatch } from "../../intake/records/check.js";
import type { ReparseAnswer, ReparseHead } from "../contract/reparse.js";
import type { LinesAnswer } from "../contract/store.js";
import type { Command } from "./command.js";
import { refuseDeleted } from "./deleted.js";
import { type Instance, recordsOf } from "./instance.js";
import { isRepeated } from "./repeats.js";

/** A checked request: what is to be applied, unless it is known already, and what is answered then. */
export interface Plan<Answer> {
  /** Absent for a request that was taken before. */
  command?: Command;
  /** What of the request is taken. */
  body: Uint8Array;
  answer: Answer;
}

/** Plan of a body of records. It holds as long as `writer` has this acknowledgement: a driver that may have lost a race compares it when it sets it. */
export interface RecordsPlan extends Plan<Omit<RecordsAnswer, "stop">> {
  writer: string;
  expectedAck: number;
}

/**
 * Checks a body of records against what is known of the instance.
 *
 * @param known - the instance, if there is one
 * @param body - bytes as docs/formats/journal.md describes them
 * @param seenRecords - what the instance must still have, where the sender looked at it before
 * @throws PlatformError `bad_records`, `seq_gap`, `deleted`, `conflict`
 */
export function planRecords(id: string, known: Instance | undefined, body: Uint8Array, atMs: number, seenRecords?: number): RecordsPlan {
  refuseDeleted(known);
  if (seenRecords !== undefined && (known === undefined ? 0 : recordsOf(known)) !== seenRecords)
    throw new PlatformError(
      "conflict",
      `The instance ${id} has taken other records meanwhile. Look at them, and send again what is not there.`,
    );
  const { header, taken, lastSeq, refused, drops } = checkBatch(body, known);
  const { writer, prevSeq } = header;
  const ack = known?.writers.get(writer)?.ack ?? 0;
  if (prevSeq > ack) {
    const message = `Records ${ack + 1} to ${prevSeq} of writer ${writer} are missing. Send from ${ack + 1}.`;
    throw new PlatformError("seq_gap", message, { ack });
  }
  const answer = { ack: Math.max(ack, lastSeq), ...(refused.length === 0 ? {} : { refused: [...refused] }) };
  const plan = { writer, expectedAck: ack, body: taken, answer };
  if (lastSeq <= ack && known !== undefined) return plan;
  const passed = taken === body ? {} : { passed: { lastSeq, ...(drops === undefined ? {} : { drops }) } };
  return { ...plan, command: { kind: "records", instance: id, atMs, ...passed } };
}

/**
 * Checks points of a reparse against what is known of the instance.
 *
 * @param known - the instance
 * @param head - what is to be known of the reparse
 * @param body - points as journal records, or nothing
 * @param isDone - no more will come
 */
export function planReparse(
  known: Instance,
  head: ReparseHead,
  body: Uint8Array,
  isDone: boolean,
  atMs: number,
): Required<Plan<ReparseAnswer>> {
  refuseDeleted(known);
  refuseTakenBack(known, head);
  const checked = body.length === 0 ? undefined : checkBatch(body, { writers: new Map(), series: known.series });
  const refused = checked?.refused[0];
  const answer = { refusedPoints: checked?.drops?.points ?? 0, ...(refused === undefined ? {} : { reason: refused.message }) };
  const command = { kind: "reparse" as const, instance: known.id, atMs, head, isDone };
  return { command, body: checked?.taken ?? body, answer };
}

/** A replica may have been stopped for so long that its reparse was taken back, and another one has begun. */
function refuseTakenBack({ id, reparses }: Instance, { n, by }: ReparseHead): void {
  const known = reparses.find((one) => one.n === n);
  const isAnothers = known === undefined ? reparses.some((one) => one.n > n) : known.by !== by || known.state === "undone";
  if (isAnothers)
    throw new PlatformError("conflict", `The reparse ${n} of ${id} was taken back, because it stood still. Ask for it again.`);
}

/**
 * Checks a body of line protocol against what is known of the instance.
 *
 * @param known - the instance, if there is one
 * @throws PlatformError `bad_line_protocol` when no line is good; `deleted`
 */
export function planLines(id: string, known: Instance | undefined, body: Uint8Array, atMs: number): Plan<LinesAnswer> {
  refuseDeleted(known);
  const lines = readLinePoints(body, atMs);
  const refused = refusePoints(lines.points, known);
  const accepted = lines.points.length - (refused?.places.length ?? 0);
  const rejected = lines.points.length - accepted + lines.rejected;
  const answer = { accepted, rejected };
  if (lines.areTimed && known !== undefined && isRepeated(known, body, atMs)) return { body, answer };
  if (accepted === 0 && rejected > 0) {
    throw new PlatformError("bad_line_protocol", `No line was taken. The first that is wrong: ${lines.reason ?? refused?.reason}.`);
  }
  return { command: { kind: "lines", instance: id, atMs, ...(refused === undefined ? {} : { refused }) }, body, answer };
}
