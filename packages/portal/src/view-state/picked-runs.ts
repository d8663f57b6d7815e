/** A run that is picked. */
export interface PickedRun {
  id: string;
  /** Place in the palette: the run keeps it however others come and go. */
  slot: number;
}

/** Runs that are compared at most. */
export const MOST_PICKED = 100;

/**
 * @param params - query of a page: `pick` for each run and, where the colours are not in order, `slots`
 * @returns the runs
 */
export function readPicked(params: URLSearchParams): PickedRun[] {
  const slots = (params.get("slots") ?? "").split(".").map(Number);
  const ids = [...new Set(params.getAll("pick"))].slice(0, MOST_PICKED);
  const isKnown =
    slots.length === ids.length && new Set(slots).size === ids.length && slots.every((slot) => Number.isSafeInteger(slot) && slot >= 0);
  return ids.map((id, i) => ({ id, slot: isKnown ? slots[i]! : i }));
}

/**
 * @param params - query of a page, filled
 * @param picked - the runs
 */
export function writePicked(params: URLSearchParams, picked: readonly PickedRun[]): void {
  for (const { id } of picked) params.append("pick", id);
  if (picked.some(({ slot }, i) => slot !== i)) params.set("slots", picked.map(({ slot }) => slot).join("."));
}

/**
 * Picks runs, each with the first colour that is free.
 *
 * @param picked - those that are picked already
 * @param ids - of the runs; those beyond {@link MOST_PICKED} are left out
 * @returns all of them
 */
export function pickRuns(picked: readonly PickedRun[], ids: readonly string[]): PickedRun[] {
  const all = [...picked];
  const used = new Set(all.map(({ slot }) => slot));
  for (const id of ids) {
    if (all.length >= MOST_PICKED) break;
    if (all.some((run) => run.id === id)) continue;
    let slot = 0;
    while (used.has(slot)) slot += 1;
    used.add(slot);
    all.push({ id, slot });
  }
  return all;
}

/**
 * @param picked - runs
 * @param ids - of those that are not picked any more
 * @returns the others
 */
export function unpickRuns(picked: readonly PickedRun[], ids: readonly string[]): PickedRun[] {
  return picked.filter(({ id }) => !ids.includes(id));
}
