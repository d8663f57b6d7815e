const MINUS = "\u2212";

/**
 * Writes a metric's value so that it can be read at a glance: about four significant digits, exponents outside 0.001 to a million.
 *
 * @param value - any float64
 * @returns its text; not finite values by name
 */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}∞`;
  if (size === 0) return "0";
  if (size < 1e-3 || size >= 1e6) return sign + trimZeros(size.toExponential(3)).replace("e+", "e").replace("e-", `e${MINUS}`);
  if (Number.isInteger(size)) return sign + groupThousands(String(size));
  return sign + groupThousands(trimZeros(size.toPrecision(size >= 1000 ? 6 : 4)));
}

/**
 * Writes a tick of an axis: no more digits than the distance of the ticks calls for.
 *
 * @param value - place of the tick
 * @param increment - distance to the next tick; 0 on a log axis
 * @returns a short text: `1.5M`, `0.02`, `1e−5`
 */
export function formatTick(value: number, increment: number): string {
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e15 || size < 1e-4) return sign + trimZeros(size.toExponential(2)).replace("e+", "e").replace("e-", `e${MINUS}`);
  for (const [unit, suffix] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (size >= unit && (unit > 1e3 || size >= 1e4)) return sign + plainDigits(size / unit, increment / unit) + suffix;
  }
  return sign + plainDigits(size, increment);
}

/**
 * Writes a count with its thousands set apart: `1,234,567`.
 *
 * @param count - a whole number
 * @returns its text
 */
export function formatCount(count: number): string {
  return groupThousands(String(count));
}

/**
 * Writes a size in bytes: `1.4 MB` (powers of 1000).
 *
 * @param bytes - the size
 * @returns its text
 */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  for (; size >= 999.5 && unit < units.length - 1; unit++) size /= 1000;
  return `${unit === 0 || size >= 99.5 ? Math.round(size) : trimZeros(size.toPrecision(2))} ${units[unit]}`;
}

function plainDigits(size: number, increment: number): string {
  if (increment <= 0) return trimZeros(size.toPrecision(6));
  const digits = Math.min(Math.max(Math.ceil(-Math.log10(increment) + 1e-9), 0) + 1, 12);
  return trimZeros(size.toFixed(digits));
}

/** Takes zeros off the end of a fraction, also in front of an exponent. */
function trimZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "");
}

function groupThousands(text: string): string {
  const [whole, fraction] = text.split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
