import type { Metric } from "../parsers/parser.js";

/** Where the counters of one metric stand. */
interface Place {
  /** Step of the batch 0 of this epoch. */
  base: number;
  batch: number;
  step: number;
  epoch: number | undefined;
}

/**
 * Gives metrics of console text their place in the whole run: the step, which a batch within the epoch never is, and the epoch counted from 0,
 * the first one that the run prints.
 */
export class StepCounter {
  readonly #batchOfEpoch: number | undefined;
  /** Epoch that the run printed first, 0 where it prints fractions: those count from 0 everywhere. */
  #firstEpoch: number | undefined;
  readonly #places = new Map<string, Place>();

  /** @param batchOfEpoch - batches per epoch, where the user gave it */
  constructor(batchOfEpoch?: number) {
    this.#batchOfEpoch = batchOfEpoch;
  }

  /**
   * @param metric - as printed
   * @returns the epoch counted from 0; `undefined` where the line tells none
   */
  epochOf({ epoch, step }: Metric): number | undefined {
    if (epoch === undefined) return undefined;
    // Parsers make the epoch of a step with the user's length of an epoch: it counts from 0 already.
    if (step !== undefined && this.#batchOfEpoch !== undefined) return epoch;
    this.#firstEpoch ??= Number.isInteger(epoch) ? epoch : 0;
    return epoch - this.#firstEpoch;
  }

  /**
   * The step: as printed; else `(epoch - first epoch) * total + batch`; where not all of them are known, the batches are counted on over the epochs, and
   * metrics without any counter are counted from 0. Call it once for each metric, in their order.
   *
   * @param metric - as printed
   * @param epoch - of {@link epochOf}
   * @returns the step
   */
  stepOf({ name, step, batch, total }: Metric, epoch: number | undefined): number {
    if (step !== undefined) return step;
    const perEpoch = total ?? this.#batchOfEpoch;
    if (batch !== undefined && epoch !== undefined && perEpoch !== undefined) return Math.floor(epoch) * perEpoch + batch;
    const before = this.#places.get(name);
    const place = batch === undefined ? nextOf(before) : placeOf(batch, epoch, before);
    this.#places.set(name, place);
    return place.step;
  }
}

function nextOf(before: Place | undefined): Place {
  return { base: 0, batch: 0, epoch: undefined, step: before ? before.step + 1 : 0 };
}

/** A new epoch goes on behind the last batch; where batches count from 0, one further. */
function placeOf(batch: number, epoch: number | undefined, before: Place | undefined): Place {
  if (!before) return { base: 0, batch, step: batch, epoch };
  const isNewEpoch = batch < before.batch || epoch !== before.epoch;
  const base = isNewEpoch ? before.step + (batch === 0 ? 1 : 0) : before.base;
  return { base, batch, step: base + batch, epoch };
}
