const SETS_BITS = 10;
const WAYS = 4;
/** What is known stands in one of a few slots, so that two forms that a program prints in turn do not displace each other. */
const SLOTS = WAYS << SETS_BITS;

/** What is known of forms of lines: of those that share their slots, the newer ones stay. */
export class ShapeTable<T> {
  // Made when the first form is known: most parsers of `auto` never read a line.
  #low = new Int32Array(0);
  #high = new Int32Array(0);
  #known: (T | undefined)[] = [];

  /**
   * @param low - half of the hash of a form
   * @param high - the other half
   * @returns what is known of the form
   */
  get(low: number, high: number): T | undefined {
    const first = firstSlot(low, high);
    for (let slot = first; slot < first + WAYS; slot += 1)
      if (this.#low[slot] === low && this.#high[slot] === high) return this.#known[slot];
    return undefined;
  }

  /** @param low - half of the hash of a form @param high - the other half @param known - what is known of it from now on @returns what was displaced */
  set(low: number, high: number, known: T): T | undefined {
    if (this.#low.length === 0) {
      this.#low = new Int32Array(SLOTS);
      this.#high = new Int32Array(SLOTS);
      this.#known = Array.from({ length: SLOTS });
    }
    const first = firstSlot(low, high);
    let slot = first;
    while (slot < first + WAYS - 1 && !(this.#low[slot] === low && this.#high[slot] === high)) slot += 1;
    const displaced = this.#known[slot];
    // Those before it move on by one.
    this.#low.copyWithin(first + 1, first, slot);
    this.#high.copyWithin(first + 1, first, slot);
    this.#known.copyWithin(first + 1, first, slot);
    this.#low[first] = low;
    this.#high[first] = high;
    this.#known[first] = known;
    return displaced;
  }
}

function firstSlot(low: number, high: number): number {
  return (Math.imul(low ^ high, 0x9e3779b1) >>> (32 - SETS_BITS)) * WAYS;
}
