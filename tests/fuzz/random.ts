/** Draws that are the same for the same seed. */
export interface Random {
  /** At least 0, below 1. */
  next: () => number;
  /** A whole number from 0 to below `end`. */
  below: (end: number) => number;
  /** Whether something of this probability happens. */
  chance: (probability: number) => boolean;
  pick: <Item>(items: readonly Item[]) => Item;
}

/**
 * @param seed - any whole number
 * @returns draws of the generator mulberry32
 */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return { next, below, chance: (probability) => next() < probability, pick: (items) => items[below(items.length)]! };
}

/** @returns the seed of this run: `AVA_FUZZ_SEED`, or another one each day */
export function seedOfRun(): number {
  return Number(process.env["AVA_FUZZ_SEED"] ?? Math.floor(Date.now() / 86_400_000));
}
