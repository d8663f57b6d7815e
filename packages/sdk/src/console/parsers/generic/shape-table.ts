const SLOTS = 4096;

/** What is known of forms of lines: one entry for each slot, the newer one stays. */
export class ShapeTable<T> {
  readonly #low = new Int32Array(SLOTS);
  readonly #high = new Int32Array(SLOTS);
  readonly #known: (T | undefined)[] = Array.from({ length: SLOTS });

  /**
   * @param low - half of the hash of a form
   * @param high - the other half
   * @returns what is known of the form
   */
  get(low: number, high: number): T | undefined {
    const slot = (low ^ high) & (SLOTS - 1);
    return this.#low[slot] === low && this.#high[slot] === high ? this.#known[slot] : undefined;
  }

  /** @param low - half of the hash of a form @param high - the other half @param known - what is known of it from now on */
  set(low: number, high: number, known: T): void {
    const slot = (low ^ high) & (SLOTS - 1);
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#known[slot] = known;
  }
}
