import { type DropCounts, RECORD_HEAD_BYTES, RECORD_TYPE, type Refusal } from "ava-protocol";
import type { ReadRecord } from "../record/journal/journal-reader.js";

/** What can never be delivered, counted by kind: by the platform, which names it, or by us, who passed it over. Bounded, however much it is. */
export class PassedOver {
  /** Records, or parts of them. */
  records = 0;
  /** Values, log bytes and others that we passed over; what the platform left out is among its own counts. */
  readonly drops: DropCounts = { points: 0, logBytes: 0, events: 0 };
  /** Why the last one was. */
  reason: string | undefined;

  /** @param refusals - as the platform answered */
  refused(refusals: readonly Refusal[]): void {
    this.records += refusals.length;
    this.reason = refusals.at(-1)?.message ?? this.reason;
  }

  /** @param record - that is not taken @param reason - as the refusal said */
  passed({ type, bytes }: ReadRecord, reason: string): void {
    this.records += 1;
    this.reason = reason;
    const payloadBytes = bytes.length - RECORD_HEAD_BYTES;
    if (type === RECORD_TYPE.points) this.drops.points += Math.max(0, payloadBytes - 24) / 12;
    else if (type === RECORD_TYPE.log) this.drops.logBytes += Math.max(0, payloadBytes - 9);
    // The points of a series are counted when they are refused as well.
    else if (type !== RECORD_TYPE.series) this.drops.events += 1;
  }
}
