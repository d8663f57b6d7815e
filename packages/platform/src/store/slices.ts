import { setImmediate } from "node:timers/promises";

/** How long work goes on before requests get their turn, in milliseconds. */
const SLICE_MS = 20;

/** Work that may pause after each step. */
export type Steps<Result = void> = Generator<void, Result>;

/**
 * Does work in slices, with a turn of the event loop between them.
 *
 * @param steps - each takes less than a slice
 * @returns what they come to
 */
export async function inSlices<Result>(steps: Steps<Result>): Promise<Result> {
  let endMs = performance.now() + SLICE_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < endMs) continue;
    await setImmediate();
    endMs = performance.now() + SLICE_MS;
  }
}

/**
 * Gives out pieces with a turn of the event loop after each: a reader that is always ready would otherwise hold up all other requests to the end.
 *
 * @param pieces - each made in less than a slice, where that can be had
 */
export async function* inTurns<Piece>(pieces: Iterable<Piece>): AsyncGenerator<Piece, void> {
  for (const piece of pieces) {
    yield piece;
    await setImmediate();
  }
}
