/** Lets so many pieces of work run at the same time; the others wait in the order in which they came. */
export class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** @param count - how many may run at the same time, from 1 */
  constructor(count: number) {
    this.free = count;
  }

  /**
   * @param work - runs as soon as there is a slot
   * @returns what it returned
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
