import type { PlotLine } from "./plot-model.js";

const listeners = new Set<() => void>();
let owner: string | undefined;

/** The run, or group of runs, that all charts of the page set off from the others: the one that the reader points at. */
export const emphasis = {
  /** @param next - id of a run or key of a band; nothing: none is set off */
  set(next: string | undefined): void {
    if (next === owner) return;
    owner = next;
    for (const listener of listeners) listener();
  },

  /** @returns id of the run, or key of the band, that is set off */
  owner(): string | undefined {
    return owner;
  },

  /** @returns place of the line among those of a chart; `undefined` where none is set off */
  placeIn(lines: readonly PlotLine[]): number | undefined {
    if (owner === undefined) return undefined;
    const place = lines.findIndex(({ key }) => key === owner || key.startsWith(`${owner} `));
    return place < 0 ? undefined : place;
  },

  /** @param listener - called at each change @returns ends it */
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
