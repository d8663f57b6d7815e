const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NAMES: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-infinity": Number.NEGATIVE_INFINITY,
};

/**
 * @param text - `0.10`, `1e-3`, `.5`, `NaN`, `-inf`
 * @returns the number; `undefined` for any other text; a bigint for an integer that float64 does not hold
 */
export function numberOf(text: string): number | bigint | undefined {
  if (!NUMBER.test(text)) return NAMES[text.toLowerCase()];
  const value = Number(text);
  return /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text.replace("+", "")) : value;
}
