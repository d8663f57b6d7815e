import { encodeBatchHead, RecordEncoder } from "ava-protocol";

/** Metrics of one `log()` call. */
export const METRICS = ["loss", "lr", "val/accuracy"] as const;

/** Request bodies of one writer, and the points in them. */
export interface Batches {
  bodies: Uint8Array[];
  points: number;
  bytes: number;
}

/**
 * Makes bodies of journal records, three metrics a `log()`: a loss that is a float32, a rate that rarely changes, an accuracy with four decimals.
 *
 * @param writer - id of the writer
 * @param bodyBytes - size of each, about
 * @yields bodies without end, each with the points that it and those before it have
 */
export function* bodiesOf(writer: string, bodyBytes: number): Generator<{ body: Uint8Array; points: number }, never> {
  const definitions = new RecordEncoder();
  METRICS.forEach((name, id) => definitions.write(id + 1, { type: "series", id, name, labels: {} }));
  let seq = METRICS.length;
  let step = 0;
  const startNs = 1_700_000_000_000_000_000n;
  for (let isFirst = true; ; isFirst = false) {
    const head = encodeBatchHead({ writer, training: "bench", prevSeq: isFirst ? 0 : seq });
    const records = new RecordEncoder(bodyBytes + 4096);
    while (records.byteLength < bodyBytes) {
      const values = [
        Math.fround(Math.exp(-step / 1e5) + Math.sin(step) / 10),
        0.1 * 0.5 ** Math.floor(step / 1e5),
        Math.round(Math.cos(step) * 1e4) / 1e4,
      ];
      records.writePoints(
        ++seq,
        step,
        Math.floor(step / 1000),
        startNs + BigInt(step * 20 + (step % 7)) * 1_000_000n,
        [0, 1, 2],
        values,
        3,
      );
      step++;
    }
    yield { body: Buffer.concat([head, definitions.bytes(), records.bytes()]), points: step * METRICS.length };
  }
}

/**
 * @param writer - id of the writer
 * @param count - bodies
 * @param bodyBytes - size of each, about
 * @returns the first bodies of {@link bodiesOf}
 */
export function makeBatches(writer: string, count: number, bodyBytes: number): Batches {
  const made = bodiesOf(writer, bodyBytes);
  const all = Array.from({ length: count }, () => made.next().value);
  const bodies = all.map(({ body }) => body);
  return { bodies, points: all.at(-1)?.points ?? 0, bytes: bodies.reduce((sum, body) => sum + body.length, 0) };
}
