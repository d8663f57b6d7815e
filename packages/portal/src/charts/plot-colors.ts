import { onColorsChange, readColor } from "../theme/theme.js";
import type { PlotColors } from "./paint.js";

/** Colours of the palette: `--line-1` to `--line-8`. */
const PALETTE_SIZE = 8;

let shared: PlotColors | undefined;
onColorsChange(() => (shared = undefined));

/** @returns the colours of charts in the current theme */
export function plotColors(): PlotColors {
  shared ??= {
    lines: Array.from({ length: PALETTE_SIZE }, (_, i) => readColor(`--line-${i + 1}`)),
    text: readColor("--text-3"),
    grid: readColor("--grid"),
    alarm: readColor("--bad"),
  };
  return shared;
}
