import type { ReactNode } from "react";

/** Colours before the lines are dashed; see `--line-1` to `--line-8`. */
const PALETTE_SIZE = 8;

/**
 * @param slot - place in the palette
 * @returns the colour, as a style for `color`
 */
export function slotColor(slot: number): string {
  return `var(--line-${(slot % PALETTE_SIZE) + 1})`;
}

/**
 * @param props - place in the palette
 * @returns a sample of the line
 */
export function Swatch({ slot }: { slot: number }): ReactNode {
  return <span className={slot >= PALETTE_SIZE ? "swatch swatch-dashed" : "swatch"} style={{ color: slotColor(slot) }} />;
}
