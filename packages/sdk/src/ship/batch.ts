import { type BatchHeader, encodeBatchHead, type Labels, RECORD_HEAD_BYTES, RECORD_TYPE } from "ava-protocol";
import type { ReadRecord } from "../record/journal/journal-reader.js";

/** Definitions of a writer's series, for the batches that need them. */
export class Definitions {
  private readonly byId = new Map<number, ReadRecord>();

  /** @param records - in the order of the journal */
  learn(records: readonly ReadRecord[]): void {
    for (const record of records) {
      if (record.type !== RECORD_TYPE.series) continue;
      const id = seriesIdAt(record.bytes, RECORD_HEAD_BYTES);
      // The first one stands before every use, also when a later segment repeats it.
      if (!this.byId.has(id)) this.byId.set(id, record);
    }
  }

  /** @param batch - records @returns the bytes of the definitions from before it that it uses */
  neededBy(batch: readonly ReadRecord[]): Uint8Array[] {
    const used = new Set<number>();
    for (const { type, bytes } of batch) {
      if (type !== RECORD_TYPE.points) continue;
      for (let at = RECORD_HEAD_BYTES + 24; at + 4 <= bytes.length; at += 12) used.add(seriesIdAt(bytes, at));
    }
    const firstSeq = batch[0]?.seq ?? 0;
    return [...used].flatMap((id) => {
      const definition = this.byId.get(id);
      return definition && definition.seq < firstSeq ? [definition.bytes] : [];
    });
  }
}

/**
 * Encodes a request body.
 *
 * @param header - `labels` may be missing
 * @param batch - records
 * @param definitions - of the writer
 * @returns head, then the earlier definitions that the batch needs, then its records
 */
export function encodeBatch(
  { labels, ...header }: Omit<BatchHeader, "labels"> & { labels: Labels | undefined },
  batch: readonly ReadRecord[],
  definitions: Definitions,
): Uint8Array {
  const head = encodeBatchHead({ ...header, ...(labels ? { labels } : {}) });
  return Buffer.concat([head, ...definitions.neededBy(batch), ...batch.map(({ bytes }) => bytes)]);
}

/** @param records - any @returns their bytes */
export function sumBytes(records: readonly ReadRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function seriesIdAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! + bytes[at + 1]! * 0x100 + bytes[at + 2]! * 0x1_0000 + bytes[at + 3]! * 0x100_0000;
}
