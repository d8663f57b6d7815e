import type { Place, Series, ValueSink } from "../parser.js";

/** A series with the value that was told of it last: frames of a rewritten line repeat what has not changed. */
export class ToldSeries {
  readonly #series: Series;
  #value = Number.NaN;
  #line = 0;
  #step = Number.NaN;
  #epoch = Number.NaN;
  #batch = Number.NaN;

  /** @param series - the one object of it */
  constructor(series: Series) {
    this.#series = series;
  }

  /**
   * Adds a value, unless a frame before told the same of the same line at the same counters.
   *
   * @param value - as printed
   * @param place - its counters and line
   * @param into - gets it
   */
  tell(value: number, place: Place, into: ValueSink): void {
    const isRepeated =
      place.line === this.#line &&
      Object.is(value, this.#value) &&
      Object.is(place.step, this.#step) &&
      Object.is(place.epoch, this.#epoch) &&
      Object.is(place.batch, this.#batch);
    if (isRepeated) return;
    this.#value = value;
    this.#line = place.line;
    this.#step = place.step;
    this.#epoch = place.epoch;
    this.#batch = place.batch;
    into.add(this.#series, value, place);
  }
}
