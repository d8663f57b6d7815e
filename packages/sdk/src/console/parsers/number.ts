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

/** Groups of thousands never begin with 0; with other digits than three behind it, a lone comma is a decimal one. */
const THOUSANDS = /^[-+]?[1-9]\d{0,2}(?:,\d{3})+(?![\d,])/;
const DECIMAL_COMMA = /^[-+]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+),\d+(?![\d,.])/;
/** What a whole number is followed by: nothing, a unit, or a character that cannot continue a number, a word, a time or a date. */
const REST = /^(?:\s*(?:%|[kKMGT]|[kKMGT]?i?[bB]|[num\u00b5\u03bc]?s|ms|min|h|it|[a-zA-Z]+\/[a-zA-Z]+)(?![\w.])|(?![\w#])(?![-.,:']\d))/;

/**
 * Reads what a user's regex took for a value: quotes, thousands separators, a percent sign or a unit are cut off, nothing is scaled. A decimal comma
 * is understood where the text cannot mean thousands (`0,5`, `0,123`, `1.234,5`).
 *
 * @param text - the captured text
 * @returns its value; undefined when it does not start with a number, or when what follows makes it something else (`1_000`, `0x1F`, `12:30`, `1e`, `1.2.3`)
 */
export function looseNumber(text: string): number | undefined {
  const bare = text
    .trim()
    .replace(/^["']/, "")
    .replace(/^\u2212/, "-");
  const plain = withPlainDigits(bare);
  const found = SHAPE.exec(plain)?.[0];
  return found !== undefined && REST.test(plain.slice(found.length)) ? printedNumber(found) : undefined;
}

function withPlainDigits(text: string): string {
  const thousands = THOUSANDS.exec(text)?.[0];
  if (thousands !== undefined) return thousands.replaceAll(",", "") + text.slice(thousands.length);
  const decimal = DECIMAL_COMMA.exec(text)?.[0];
  return decimal === undefined ? text : decimal.replaceAll(".", "").replace(",", ".") + text.slice(decimal.length);
}
