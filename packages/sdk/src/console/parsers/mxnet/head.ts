import type { Located } from "../generic/located.js";
import { locatedIn } from "../generic/placed-plan.js";

/** Where a line stands in its training, as its head says it. */
export interface Head {
  epoch: Located | undefined;
  batch: Located | undefined;
  total: Located | undefined;
  /** The line goes on here. */
  end: number;
}

/**
 * Heads by who prints them; of a range of batches the last counts. `Iter[0]` is the epoch as well: Speedometer prints so without a metric.
 *
 * - Speedometer, `Module.fit`, GluonCV classification: `Epoch[0] Batch [50]`, `Epoch[0] Batch [0-50]`, `Epoch[0] Batch[50]`, `Epoch[0]`, `Batch [50]`
 * - GluonCV, GluonNLP, estimators, examples: `[Epoch 0][Batch 99]`, `[Epoch 0 Batch 200/2983]`, `[Epoch 0][Batch 10][Samples 640]`, `[Epoch 0]`
 * - GluonCV segmentation: `Epoch 0, training loss 2.3`, `Epoch 0, validation pixAcc: 0.5, mIoU: 0.3`
 * - Sockeye: `Checkpoint [1]`, which is neither epoch nor batch
 */
const HEADS: readonly RegExp[] = [
  /^(?:Epoch|Iter) ?\[(?<epoch>\d+)\](?:,? *Batch ?\[(?:\d+-)?(?<batch>\d+)(?:\/(?<total>\d+))?\])?/d,
  /^\[Epoch (?<epoch>\d+)(?:\/\d+)?(?:\]? ?\[?(?:Batch|Iter|Iteration) (?:\d+-)?(?<batch>\d+)(?:\/(?<total>\d+))?)?\](?:\[Samples \d+\])?/d,
  /^Batch ?\[(?:\d+-)?(?<batch>\d+)\](?=\s+Speed: )/d,
  /^Epoch (?<epoch>\d+), (?=training |validation )/d,
  /^Checkpoint \[\d+\](?=\s)/d,
];

/**
 * Reads the head of a line of MXNet, Gluon or Sockeye.
 *
 * @param message - a line behind its prefix
 * @param base - index of its first character in the line
 * @returns the head; `undefined` for other lines
 */
export function headOf(message: string, base: number): Head | undefined {
  for (const pattern of HEADS) {
    const found = pattern.exec(message);
    if (found === null) continue;
    const [epoch, batch, total] = ["epoch", "batch", "total"].map((name) => locatedIn(found, name, base));
    return { epoch, batch, total, end: found[0].length };
  }
  return undefined;
}
