/** The counters of a value as they were printed, and the series that it is of. */
export interface Counters {
  name: string;
  step?: number | undefined;
  epoch?: number | undefined;
  batch?: number | undefined;
  total?: number | undefined;
}

/** The epoch that a run counts as 0, kept for when it is joined again. */
export interface KeptEpoch {
  /** What was kept before; absent in a run that begins. */
  readonly value: number | undefined;
  /** @param epoch - that counts as 0 from now on; must not throw */
  keep(epoch: number): void;
}

/** Where the counters of one metric stand. */
interface Place {
  /** Step of the batch 0 of this epoch. */
  base: number;
  batch: number;
  step: number;
  epoch: number | undefined;
  /** Of {@link StepCounter.pass}. */
  pass: number;
}

/** Printed steps of one metric that have a total and no epoch. */
interface Lap {
  /** What goes before the printed step. */
  base: number;
  total: number;
  last: number;
  /** Between the last two. */
  gap: number;
}

/**
 * Gives metrics of console text their place in the whole run: the step, which a batch within the epoch never is, and the epoch counted from 0,
 * the first one that the run prints. Steps of a metric go back only where the run itself goes back to an earlier batch.
 */
export class StepCounter {
  readonly #batchOfEpoch: number | undefined;
  readonly #kept: KeptEpoch | undefined;
  /** Epoch that the run printed first, also before it was joined again; 0 where it prints fractions: those count from 0 everywhere. */
  #firstEpoch: number | undefined;
  #hasFractions = false;
  /** Longest epoch that was seen: bars of a validation have totals of their own. */
  #total: number | undefined;
  /** Last step of a metric that had a counter. */
  #last: number | undefined;
  /** The run prints steps itself: lengths of bars need not be those of its epochs. */
  #hasSteps = false;
  /** How often the run began again with its first epoch, and the step behind which it goes on then. */
  #pass = 0;
  #start = 0;
  readonly #places = new Map<string, Place>();
  readonly #laps = new Map<string, Lap>();

  /**
   * @param batchOfEpoch - batches per epoch, where the user gave it
   * @param kept - of a run that may be joined again
   */
  constructor(batchOfEpoch?: number, kept?: KeptEpoch) {
    this.#batchOfEpoch = batchOfEpoch;
    this.#kept = kept;
  }

  /**
   * @param metric - its counters
   * @returns the epoch counted from 0; `undefined` where the line tells none
   */
  epochOf({ epoch, step }: Counters): number | undefined {
    if (epoch === undefined) return undefined;
    // Parsers make the epoch of a step with the user's length of an epoch: it counts from 0 already.
    if (step !== undefined && this.#batchOfEpoch !== undefined) return epoch;
    if (this.#firstEpoch === undefined) {
      this.#hasFractions = !Number.isInteger(epoch);
      this.#firstEpoch = this.#hasFractions ? 0 : Math.min(epoch, this.#kept?.value ?? epoch);
      if (!this.#hasFractions) this.#kept?.keep(this.#firstEpoch);
    }
    return epoch - this.#firstEpoch;
  }

  /**
   * The step: as printed, where it starts again behind its total (`iter 3/3`, `iter 1/3`) counted on; else `(epoch - first epoch) * total + batch`; where not all of them are known, the batches are counted on over the epochs, what
   * tells an epoch alone is at the end of that epoch once a bar of it has come, before at the step of the bar before it, and metrics without any counter are counted from 0. Call it once for each metric, in their order.
   *
   * @param metric - its counters
   * @param epoch - of {@link epochOf}
   * @returns the step
   */
  stepOf(metric: Counters, epoch: number | undefined): number {
    if (metric.step !== undefined) {
      this.#hasSteps = true;
      if (epoch === undefined && metric.total !== undefined) return (this.#last = this.#overLaps(metric.name, metric.step, metric.total));
      this.#last = metric.step;
      // It may turn out to count within the epoch: then the next epoch goes on behind it.
      if (epoch !== undefined) this.#places.set(metric.name, { base: 0, batch: metric.step, step: metric.step, epoch, pass: this.#pass });
      return metric.step;
    }
    const before = this.#places.get(metric.name);
    const place = this.#placeOf(metric, epoch, before);
    this.#places.set(metric.name, place);
    if (metric.batch !== undefined) this.#last = place.step;
    return place.step;
  }

  /** Such steps count within epochs of which nothing else is printed. */
  #overLaps(name: string, step: number, total: number): number {
    const lap = this.#laps.get(name);
    if (lap === undefined || total > lap.total) {
      this.#laps.set(name, { base: lap?.base ?? 0, total, last: step, gap: 0 });
      return (lap?.base ?? 0) + step;
    }
    // Of a validation.
    if (total < lap.total) return step;
    const { last, gap } = lap;
    const isAtEnd = (last >= total - 1 && step <= total / 2) || (step <= gap && last + gap >= total);
    // A process without a name that is a little behind the others.
    if (lap.base > 0 && step - last > Math.max(gap, total / 2)) return lap.base - total + step;
    if (step > last) lap.gap = step - last;
    else if (step < last && isAtEnd) lap.base += total;
    lap.last = step;
    return lap.base + step;
  }

  #placeOf({ batch, total }: Counters, epoch: number | undefined, before: Place | undefined): Place {
    if (batch === undefined) return this.#withoutBatch(epoch, before);
    const ownTotal = total !== undefined && total > 0 ? total : undefined;
    this.#total = this.#batchOfEpoch ?? (Math.max(ownTotal ?? 0, this.#total ?? 0) || undefined);
    if (epoch === undefined || this.#total === undefined) return { ...countOn(batch, epoch, before), pass: this.#pass };
    // It starts once for all metrics.
    if (before?.epoch !== undefined && Math.floor(epoch) < Math.floor(before.epoch) && epoch < 1 && before.pass === this.#pass)
      this.#startAgain(batch, before.step);
    // Fractions say how far the epoch is: the last batch of the first epoch has 1.
    const wholeEpochs = this.#hasFractions ? Math.round(epoch - batch / (ownTotal ?? this.#total)) : Math.floor(epoch);
    const base = this.#start + wholeEpochs * this.#total;
    // A validation goes through no batch of the training.
    const isOfOtherLength = ownTotal !== undefined && ownTotal !== this.#total;
    const least = isOfOtherLength ? Math.min(this.#last ?? 0, base + this.#total) : 0;
    return { base, batch, epoch, step: Math.max(base + batch, least), pass: this.#pass };
  }

  #startAgain(batch: number, before: number): void {
    this.#pass += 1;
    // The last one may be of another program in between.
    this.#start = Math.max(this.#last ?? 0, before) + (batch === 0 ? 1 : 0);
  }

  #withoutBatch(epoch: number | undefined, before: Place | undefined): Place {
    // Before a run was joined again it mostly told each epoch once.
    const next = before ? before.step + 1 : Math.floor(this.#kept?.value === undefined ? 0 : (epoch ?? 0));
    const last = this.#last;
    const isBehindBars = epoch !== undefined && last !== undefined && last >= next;
    const step = isBehindBars ? Math.max(next, this.#inEpoch(epoch, last)) : next;
    return { base: 0, batch: 0, epoch: undefined, step, pass: this.#pass };
  }

  /** An epoch that has begun is told at its end: the bar, on another stream, may be a little behind or far ahead. */
  #inEpoch(epoch: number, last: number): number {
    if (this.#total === undefined || this.#hasSteps || this.#hasFractions || !Number.isInteger(epoch)) return last;
    const begin = this.#start + epoch * this.#total;
    return last > begin ? begin + this.#total : last;
  }
}

/** A new epoch goes on behind the last batch; where batches count from 0, one further. */
function countOn(batch: number, epoch: number | undefined, before: Place | undefined): Omit<Place, "pass"> {
  if (!before) return { base: 0, batch, step: batch, epoch };
  const isNewEpoch = batch < before.batch || (epoch !== undefined && epoch !== before.epoch);
  const base = isNewEpoch ? before.step + (batch === 0 ? 1 : 0) : before.base;
  return { base, batch, step: base + batch, epoch: epoch ?? before.epoch };
}
