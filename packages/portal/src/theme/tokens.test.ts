import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const colors = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, name, light, dark]) => [name!, { light: light!, dark: dark! }]),
);

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast by WCAG 2: 1 to 21. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const texts: [string, string[]][] = [
  ["text", ["bg", "surface", "surface-2", "hover", "accent-weak"]],
  ["text-2", ["bg", "surface", "surface-2", "hover"]],
  ["text-3", ["bg", "surface", "surface-2", "hover", "accent-weak", "raised"]],
  ["good", ["bg", "surface", "good-weak"]],
  ["bad", ["surface", "bad-weak"]],
  ["warn", ["surface", "warn-weak"]],
  ["accent", ["surface"]],
  ["on-accent", ["accent"]],
];

test.each(texts.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground] as const)))(
  "text in %s on %s reaches the contrast of level AA in both themes",
  (text, ground) => {
    for (const theme of ["light", "dark"] as const) {
      expect(contrast(colors.get(text)![theme], colors.get(ground)![theme])).toBeGreaterThanOrEqual(4.5);
    }
  },
);

test("lines of charts stand out from the card by 3 to 1", () => {
  for (let i = 1; i <= 8; i++) {
    for (const theme of ["light", "dark"] as const) {
      expect(contrast(colors.get(`line-${i}`)![theme], colors.get("surface")![theme])).toBeGreaterThanOrEqual(3);
    }
  }
});
