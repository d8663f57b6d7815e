import { setImmediate, setTimeout } from "node:timers/promises";
import type { Store } from "../../store/contract/store.js";

/**
 * @param random - from 0 to 1
 * @returns waits as long as chance will have it: what is asked one after the other is answered in any order
 */
export function pauseOf(random: () => number): () => Promise<void> {
  return async () => {
    const chance = random();
    if (chance < 0.5) await setImmediate();
    else if (chance < 0.8) await setTimeout(random() * 3);
  };
}

/** Questions and commands that answer at once. */
const AT_ONCE: ReadonlySet<string | symbol> = new Set(["watch", "points", "listAll"]);

/**
 * @param store - a store
 * @param pause - waits before and after each call
 * @returns the store, as if it were far away
 */
export function delayed(store: Store, pause: () => Promise<void>): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (AT_ONCE.has(name)) return value.bind(target);
      return async (...args: unknown[]) => {
        await pause();
        try {
          return await value.apply(target, args);
        } finally {
          await pause();
        }
      };
    },
  });
}
