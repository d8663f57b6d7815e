import type { Counted, Reading } from "./reading.js";

/** Counters of a line as metrics carry them. */
export interface Counters {
  step?: number;
  epoch?: number;
  batch?: number;
  total?: number;
}

/**
 * Knows where the run stands: gives each line its counters, those of a heading before it included, and tells an iteration of the whole run from one within the epoch.
 */
export class CounterState {
  #epoch: number | undefined;
  #step: number | undefined;
  /** Whether `step` and `iter` beside an epoch count over the whole run; undefined until an epoch has passed. */
  #isGlobal: boolean | undefined;
  #lastIteration = -1;
  #lastEpoch: number | undefined;

  /**
   * @param counters - as the line prints them
   * @returns the counters of its metrics
   */
  of(counters: Reading["counters"]): Counters {
    const { epoch, batch } = counters;
    let { step } = counters;
    let within = batch;
    if (epoch !== undefined) this.#epoch = epoch.value;
    const { iteration } = counters;
    if (iteration !== undefined) {
      if (this.#isOfRun(iteration, step !== undefined)) step ??= iteration;
      else within ??= iteration;
    }
    const isCounted = step !== undefined || within !== undefined || epoch !== undefined;
    if (step !== undefined) this.#step = step.value;
    // A counter of the epoch outdates the last step; a line without counters is of the last one.
    else if (isCounted) this.#step = undefined;
    const total = (within ?? step ?? epoch)?.of;
    return {
      ...(this.#step === undefined ? {} : { step: this.#step }),
      ...(this.#epoch === undefined ? {} : { epoch: this.#epoch }),
      ...(within === undefined ? {} : { batch: within.value }),
      ...(total === undefined ? {} : { total }),
    };
  }

  #isOfRun(iteration: Counted, hasStep: boolean): boolean {
    if (this.#epoch === undefined) return true;
    if (hasStep) return false;
    if (this.#lastEpoch !== undefined && this.#epoch > this.#lastEpoch) this.#isGlobal = iteration.value > this.#lastIteration;
    this.#lastEpoch = this.#epoch;
    this.#lastIteration = iteration.value;
    return this.#isGlobal ?? iteration.of === undefined;
  }
}
