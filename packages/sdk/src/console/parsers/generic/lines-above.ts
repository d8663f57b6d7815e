/** Lines within which a learning rate alone belongs to a training. */
const NEAR = 4;

/** What lines before a line told. */
export class LinesAbove {
  /** The last one that told values or counters. */
  #metric = Number.NEGATIVE_INFINITY;
  /** The last one that counted without telling values. */
  #heading = Number.NEGATIVE_INFINITY;
  /** The last one that was a parameter and its value. */
  #parameter = -1;

  /** @param line - that told values or counters @param hasValues - whether it told values */
  add(line: number, hasValues: boolean): void {
    this.#metric = line;
    if (!hasValues) this.#heading = line;
  }

  /** @param line - with a parameter */
  addParameter(line: number): void {
    this.#parameter = line;
  }

  /** @param line - whose reading may hang on the lines before @returns a number below 8, the same for lines with the same before them */
  placeOf(line: number): number {
    return (this.isBelowMetric(line) ? 1 : 0) + (this.isBelowHeading(line) ? 2 : 0) + (this.isNearMetric(line) ? 4 : 0);
  }

  /** @returns whether the line right above told values or counters, or a heading stands above an empty line */
  isBelowMetric(line: number): boolean {
    return this.#metric === line - 1 || this.#heading === line - 2;
  }

  /** @returns whether the line right above counted and told no values */
  isBelowHeading(line: number): boolean {
    return this.#heading === line - 1;
  }

  /** @returns whether a training told something just before, and no parameter stands in between */
  isNearMetric(line: number): boolean {
    return line - this.#metric <= NEAR && this.#parameter < this.#metric;
  }
}
