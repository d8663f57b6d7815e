/** How text is shown, and the class names that show it. */
export interface Style {
  isBold: boolean;
  isDim: boolean;
  isItalic: boolean;
  isUnderlined: boolean;
  /** Colour 0 to 15 of the terminal, if any. */
  color: number | undefined;
  classes: string;
}

/** Text without any style. */
export const PLAIN: Style = { isBold: false, isDim: false, isItalic: false, isUnderlined: false, color: undefined, classes: "" };

/**
 * Applies a "select graphic rendition" sequence. Backgrounds are left out: painted on a page with its own theme they hide more than they tell.
 *
 * @param style - before
 * @param parameters - numbers separated by semicolons: `1;31`
 * @returns the style after
 */
export function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((code) => Number.parseInt(code, 10) || 0);
  let next = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === 0) next = { ...PLAIN };
    else if (code === 1) next.isBold = true;
    else if (code === 2) next.isDim = true;
    else if (code === 3) next.isItalic = true;
    else if (code === 4) next.isUnderlined = true;
    else if (code === 22) next.isBold = next.isDim = false;
    else if (code === 23) next.isItalic = false;
    else if (code === 24) next.isUnderlined = false;
    else if (code >= 30 && code <= 37) next.color = code - 30;
    else if (code >= 90 && code <= 97) next.color = code - 82;
    else if (code === 39) next.color = undefined;
    else if (code === 38 || code === 48) {
      const isIndexed = codes[i + 1] === 5;
      if (code === 38)
        next.color = isIndexed ? nearestOfIndex(codes[i + 2] ?? 0) : nearestOfRgb(codes[i + 2] ?? 0, codes[i + 3] ?? 0, codes[i + 4] ?? 0);
      i += isIndexed ? 2 : 4;
    }
  }
  return { ...next, classes: classesOf(next) };
}

function classesOf(style: Style): string {
  const classes: string[] = [];
  if (style.isBold) classes.push("ansi-bold");
  if (style.isDim) classes.push("ansi-dim");
  if (style.isItalic) classes.push("ansi-italic");
  if (style.isUnderlined) classes.push("ansi-underlined");
  if (style.color !== undefined) classes.push(`ansi-${style.color % 8}`);
  return classes.join(" ");
}

/** The 256 colours: 16 named, a cube of 6 x 6 x 6, 24 greys. */
function nearestOfIndex(index: number): number | undefined {
  if (index < 16) return index;
  if (index >= 232) return undefined;
  const cube = index - 16;
  return nearestOfRgb(cubeLevel(Math.floor(cube / 36)), cubeLevel(Math.floor(cube / 6) % 6), cubeLevel(cube % 6));
}

/** Which of red, green and blue take part decides; greys stay the page's own text colour. */
function nearestOfRgb(red: number, green: number, blue: number): number | undefined {
  const most = Math.max(red, green, blue);
  if (most - Math.min(red, green, blue) < 32) return undefined;
  const isIn = (part: number): number => (part > most * 0.6 ? 1 : 0);
  return isIn(red) + 2 * isIn(green) + 4 * isIn(blue);
}

function cubeLevel(step: number): number {
  return step === 0 ? 0 : 55 + step * 40;
}
