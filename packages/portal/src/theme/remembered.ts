/** A choice of the reader that outlives the page. */
export interface Remembered<Choice> {
  get(): Choice;
  set(choice: Choice): void;
}

/**
 * Keeps a choice in the browser's storage. Where the storage is blocked (private windows of some browsers) the choice lasts as long as the page.
 *
 * @param key - name in the storage
 * @param choices - what may be chosen; anything else in the storage is ignored
 * @param fallback - the choice of a reader who made none
 * @returns access to the choice
 */
export function remembered<Choice extends string>(key: string, choices: readonly Choice[], fallback: () => Choice): Remembered<Choice> {
  let chosen: Choice | undefined;
  return {
    get() {
      try {
        chosen ??= choices.find((choice) => choice === localStorage.getItem(key));
      } catch {
        // Storage is blocked: the fallback serves.
      }
      return chosen ?? fallback();
    },
    set(choice) {
      chosen = choice;
      try {
        localStorage.setItem(key, choice);
      } catch {
        // Storage is blocked: kept for this page only.
      }
    },
  };
}
