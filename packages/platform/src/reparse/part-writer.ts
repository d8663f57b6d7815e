import { encodeBatchHead, type Labels, RecordEncoder } from "ava-protocol";

/** Of a body: what the store takes at once. */
const PART_BYTES = 1_048_576;

/** A point that is to be added. */
export interface NewPoint {
  /** Number of its series. */
  series: number;
  step: number;
  /** NaN when absent. */
  epoch: number;
  timeNs: bigint;
  value: number;
}

/** Makes bodies of journal records out of points. */
export class PartWriter {
  private readonly encoder = new RecordEncoder(PART_BYTES + 65_536);
  private readonly defined = new Set<number>();
  private seq = 0;

  /** Whether there is enough for a body. */
  get isFull(): boolean {
    return this.encoder.byteLength >= PART_BYTES;
  }

  /** @param point - next @param named - its series */
  add({ series, step, epoch, timeNs, value }: NewPoint, { name, labels }: { name: string; labels: Labels }): void {
    if (!this.defined.has(series)) {
      this.defined.add(series);
      this.encoder.write(++this.seq, { type: "series", id: series, name, labels });
    }
    this.encoder.writePoints(++this.seq, step, epoch, timeNs, [series], [value], 1);
  }

  /** @param training - of the instance @returns a body of the points that were added since the last one; empty when there are none */
  take(training: string): Uint8Array {
    if (this.seq === 0) return new Uint8Array(0);
    const body = Buffer.concat([encodeBatchHead({ writer: "ava-reparse", training, prevSeq: 0 }), this.encoder.bytes()]);
    this.encoder.clear();
    this.defined.clear();
    this.seq = 0;
    return body;
  }
}
