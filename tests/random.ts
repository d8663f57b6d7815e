import { onTestFailed } from "vitest";

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

const SEED = Number(process.env["AVA_TEST_SEED"] ?? Date.now() % 1_000_000);

/**
 * The seed of a test that draws at random. If the test fails, how to repeat it is printed. To be called within the test.
 *
 * @returns `AVA_TEST_SEED`, or another one in each run
 */
export function seedOfTest(): number {
  onTestFailed(() => console.error(`AVA_TEST_SEED=${SEED} repeats the draws of this test`));
  return SEED;
}
