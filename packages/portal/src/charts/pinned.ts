import type { ChartSection } from "./group-series.js";

/** Stands for the heading of pinned charts among those of folders, which never begin so. */
export const PINNED = "/pinned";

/**
 * Puts pinned charts under a heading of their own, before all others.
 *
 * @param sections - of the page
 * @param pins - names of the pinned charts, in the order in which they were pinned
 * @returns the sections without the pinned charts, behind a section of these
 */
export function withPinned(sections: readonly ChartSection[], pins: readonly string[]): ChartSection[] {
  const all = sections.flatMap(({ groups }) => groups);
  const pinned = pins.flatMap((base) => all.find((group) => group.base === base) ?? []);
  if (pinned.length === 0) return [...sections];
  const rest = sections.map(({ prefix, groups }) => ({ prefix, groups: groups.filter(({ base }) => !pins.includes(base)) }));
  return [{ prefix: PINNED, groups: pinned }, ...rest.filter(({ groups }) => groups.length > 0)];
}
