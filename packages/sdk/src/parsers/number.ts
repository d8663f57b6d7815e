/**
 * Source of a pattern for a number as programs print it: decimal or exponent, or what C libraries print for NaN and the infinities
 * (`-nan`, `nan(ind)`, `inf`; `1.#QNAN`, `-1.#IND`, `1.#INF` by Microsoft's until 2015).
 */
export const NUMBER: string = String.raw`[-+]?(?:1\.#(?:[QS]NAN|INF|IND)\d*|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[nN]a[nN](?:\(\w*\))?|[iI]nf(?:inity)?|NAN|INF)`;

const NAN = /nan|#ind/i;
const INFINITE = /inf/i;
const SHAPE = new RegExp(`^${NUMBER}`);

/**
 * Reads a number that {@link NUMBER} matched.
 *
 * @param text - the number as printed
 * @returns its value
 */
export function printedNumber(text: string): number {
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  if (NAN.test(text) || !INFINITE.test(text)) return Number.NaN;
  return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * Reads what a user's regex took for a value: quotes, thousands separators, a percent sign or a unit are cut off, nothing is scaled.
 *
 * @param text - the captured text
 * @returns its value, or undefined when it does not start with a number
 */
export function looseNumber(text: string): number | undefined {
  const bare = text.trim().replace(/^["']/, "");
  const joined = /^[-+]?\d{1,3}(?:,\d{3})+(?!\d)/.test(bare) ? bare.replaceAll(",", "") : bare;
  const found = SHAPE.exec(joined);
  return found === null ? undefined : printedNumber(found[0]);
}
