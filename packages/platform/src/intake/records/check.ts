import {
  type BatchHeader,
  crc32,
  DEFAULT_TRAINING,
  type DropCounts,
  encodeBatchHead,
  RECORD_HEAD_BYTES,
  RECORD_TYPE,
  type Refusal,
  readFrame,
  whyNotLabels,
  whyNotTrainingName,
} from "ava-protocol";
import type { KnownInstance } from "../known.js";
import { badRecords, readBatchHeader } from "./header.js";
import { checkPoints, seqAt } from "./points.js";
import { checkRecord } from "./record.js";
import { Sieve } from "./sieve.js";
import type { Walk } from "./walk.js";

/** What a body holds that can be taken. */
export interface CheckedBatch {
  header: BatchHeader;
  /** The body without what was refused. */
  taken: Uint8Array;
  /** Highest seq in the body, of refused records too; 0 for an empty one. */
  lastSeq: number;
  /** What was refused of the new records: the first of them, and the counts of all. */
  refused: readonly Refusal[];
  drops: DropCounts | undefined;
}

/**
 * Checks every record of a body before anything of it is taken: damage refuses all of it; what breaks a rule is left out, counted and told.
 *
 * @param body - a request body
 * @param known - the instance, if there is one
 * @throws PlatformError `bad_records` for a damaged body
 */
export function checkBatch(body: Uint8Array, known: KnownInstance | undefined): CheckedBatch {
  const { header, recordsAt } = readBatchHeader(body);
  const sieve = new Sieve(body);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const ack = known?.writers.get(header.writer)?.ack ?? 0;
  const whyNotHeader = whyNotLabels(header.labels ?? {});
  const walk: Walk = { body, view, header, whyNotHeader, ack, sieve, known, newKeys: new Set(), series: [] };
  if (known === undefined) checkTraining(header, recordsAt, sieve);
  let lastSeq = 0;
  for (let at = recordsAt; at < body.length; ) {
    const end = endOfSoundPoints(view, body, at);
    const frame = end === undefined ? readFrame(body, at) : undefined;
    if (typeof frame === "string") throw badRecords(`the record at byte ${at} is ${frame}`);
    const seq = frame?.seq ?? seqAt(view, at);
    if (!Number.isSafeInteger(seq)) throw badRecords(`the record at byte ${at} has a number beyond 2^53 - 1`);
    if (seq > lastSeq) lastSeq = seq;
    // Definitions stand in front again, whatever their number.
    else if (frame?.type !== RECORD_TYPE.series) throw badRecords(`record ${seq} comes behind record ${lastSeq}`);
    if (frame === undefined) checkPoints(walk, at, end!);
    else checkRecord(walk, frame);
    at = end ?? frame!.end;
  }
  return { header, taken: sieve.taken, lastSeq, refused: sieve.refused, drops: sieve.drops };
}

function checkTraining(header: BatchHeader, recordsAt: number, sieve: Sieve): void {
  const why = whyNotTrainingName(header.training);
  if (why === undefined) return;
  sieve.refuse(0, "bad_training", `${why}; the instance is in the training ${DEFAULT_TRAINING}`, "events");
  sieve.leaveOut(0, recordsAt, encodeBatchHead({ ...header, training: DEFAULT_TRAINING }));
}

/** The way of nearly all records: `readFrame` without an object for each. @returns `undefined` for every other record, whole or not */
function endOfSoundPoints(view: DataView, body: Uint8Array, start: number): number | undefined {
  if (start + RECORD_HEAD_BYTES > body.length || view.getUint8(start + 16) !== RECORD_TYPE.points) return undefined;
  const end = start + RECORD_HEAD_BYTES + view.getUint32(start, true);
  return end <= body.length && crc32(body, start + 8, end) === view.getUint32(start + 4, true) ? end : undefined;
}
