import { cancelFrame, onNextFrame } from "./frames.js";
import type { Stretch } from "./stretch.js";

/** Rest of a gesture after which finer data is asked for, in milliseconds: less would ask for every place on the way. */
const ASK_MS = 40;
/** Rest after which it is over and goes to the URL, in milliseconds: browsers refuse an address for each frame. */
const DONE_MS = 300;

/** The zoom that the charts of a page share. */
export interface Zoom {
  subscribe(listener: () => void): () => void;
  /** @returns what is shown of the axis now: it changes with every frame of a gesture; `undefined` for all of it */
  shown(): Stretch | undefined;
  /** @returns what data is asked for: it follows when a gesture rests */
  asked(): Stretch | undefined;
  /** @param range - where a gesture has come to; `isDone` when it is over with that */
  move(range: Stretch | undefined, isDone?: boolean): void;
  /** @param range - as the URL has it; a gesture that goes on is not disturbed */
  follow(range: Stretch | undefined): void;
  close(): void;
}

/**
 * @param start - as the URL has it
 * @param done - gets the zoom at the end of a gesture
 * @returns the zoom
 */
export function createZoom(start: Stretch | undefined, done: (range: Stretch | undefined) => void): Zoom {
  let shown = start;
  let asked = start;
  let ask: ReturnType<typeof setTimeout> | undefined;
  let end: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  const settle = (): void => {
    asked = shown;
    notify();
  };
  const finish = (): void => {
    end = undefined;
    done(shown);
  };
  const halt = (): void => {
    clearTimeout(ask);
    clearTimeout(end);
    end = undefined;
  };
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    shown: () => shown,
    asked: () => asked,
    move(range, isDone = false) {
      halt();
      shown = range;
      if (isDone) {
        settle();
        finish();
      } else {
        onNextFrame(listeners, notify);
        ask = setTimeout(settle, ASK_MS);
        end = setTimeout(finish, DONE_MS);
      }
    },
    follow(range) {
      if (end !== undefined || (range?.[0] === shown?.[0] && range?.[1] === shown?.[1])) return;
      shown = range;
      settle();
    },
    close() {
      halt();
      cancelFrame(listeners);
    },
  };
}
