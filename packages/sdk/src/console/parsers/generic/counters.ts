import type { Place } from "../parser.js";
import type { Counted, CountedRoles } from "./reading.js";

/** The epoch that was printed last, by whichever process. */
export interface HeardEpoch {
  value: number;
}

/**
 * Knows where the run stands: gives each line its counters, those of a heading before it included, and tells an iteration of the whole run from one within the epoch.
 */
export class CounterState {
  #epoch = Number.NaN;
  #step = Number.NaN;
  /** Whether `step` and `iter` beside an epoch count over the whole run; undefined until an epoch has passed. */
  #isGlobal: boolean | undefined;
  #lastIteration = -1;
  /** Whether that had a total: only alike ones are compared. */
  #lastHadTotal = false;
  #lastEpoch = Number.NaN;
  /** Batch and total of a heading, for the lines below it. */
  #batch = Number.NaN;
  #total = Number.NaN;
  /** Those of the last line that had any. */
  #lastBatch = Number.NaN;
  #lastTotal = Number.NaN;
  readonly #heard: HeardEpoch;

  /** @param heard - epoch of all processes of the console */
  constructor(heard: HeardEpoch = { value: Number.NaN }) {
    this.#heard = heard;
  }

  /**
   * @param counters - as a line prints them
   * @param place - gets the counters of the line's metrics
   * @param isHeading - whether the line tells nothing else: its batch counts for the lines below it
   * @param isOfLast - whether it goes on with the line before, and has its batch
   */
  count(counters: CountedRoles, place: Place, isHeading: boolean, isOfLast = false): void {
    const { epoch, iteration, episode } = counters;
    let { step, batch } = counters;
    if (epoch !== undefined) this.#epoch = this.#heard.value = epoch.value;
    if (iteration !== undefined) {
      if (this.#isOfRun(iteration, step !== undefined)) step ??= iteration;
      else batch ??= iteration;
    }
    if (iteration === undefined) step ??= episode;
    // A counter of the epoch outdates the last step; a line without counters is of the last one.
    if (step !== undefined) this.#step = step.value;
    else if (batch !== undefined || epoch !== undefined) this.#step = Number.NaN;
    place.step = this.#step;
    place.epoch = this.#currentEpoch();
    const finest = batch ?? step ?? epoch;
    if (isOfLast && finest === undefined) {
      place.batch = this.#lastBatch;
      place.total = this.#lastTotal;
      return;
    }
    if (finest !== undefined || isHeading) this.#batch = this.#total = Number.NaN;
    place.batch = batch === undefined ? this.#batch : batch.value;
    place.total = finest === undefined ? this.#total : (finest.of?.value ?? Number.NaN);
    this.#lastBatch = place.batch;
    this.#lastTotal = batch === undefined ? Number.NaN : place.total;
    if (!isHeading || batch === undefined) return;
    this.#batch = place.batch;
    this.#total = place.total;
  }

  /** A process that prints no epochs is in that of the others. */
  #currentEpoch(): number {
    return Number.isNaN(this.#epoch) ? this.#heard.value : this.#epoch;
  }

  #isOfRun(iteration: Counted, hasStep: boolean): boolean {
    const current = this.#currentEpoch();
    if (Number.isNaN(current)) return true;
    if (hasStep) return false;
    const hasTotal = iteration.of !== undefined;
    if (current > this.#lastEpoch && hasTotal === this.#lastHadTotal) this.#isGlobal = iteration.value > this.#lastIteration;
    this.#lastEpoch = current;
    this.#lastIteration = iteration.value;
    this.#lastHadTotal = hasTotal;
    return this.#isGlobal ?? !hasTotal;
  }
}
