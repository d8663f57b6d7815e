const MINUS = "\u2212";
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

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

/** What values count, where it changes how they are written. */
export type Unit = "bytes" | undefined;

/**
 * @param value - any float64
 * @param unit - what it counts
 * @returns its text: as {@link formatValue}, and `71.18 GB` for bytes
 */
export function formatQuantity(value: number, unit: Unit): string {
  if (unit === undefined || !Number.isFinite(value)) return formatValue(value);
  const { size, suffix } = inBytes(Math.abs(value));
  return `${value < 0 ? MINUS : ""}${trimZeros(size.toPrecision(4))} ${suffix}`;
}

function inBytes(bytes: number): { size: number; suffix: string } {
  let size = bytes;
  let unit = 0;
  for (; size >= 999.95 && unit < BYTE_UNITS.length - 1; unit++) size /= 1000;
  return { size, suffix: BYTE_UNITS[unit]! };
}

/**
 * Writes a tick of an axis: no more digits than the distance of the ticks calls for.
 *
 * @param value - place of the tick
 * @param increment - distance to the next tick; 0 on a log axis
 * @param unit - what the axis counts
 * @returns a short text: `1.5M`, `0.02`, `1e−5`, `2 GB`
 */
export function formatTick(value: number, increment: number, unit?: Unit): string {
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (unit === "bytes") {
    const scaled = inBytes(size);
    return `${sign}${plainDigits(scaled.size, (increment * scaled.size) / size)} ${scaled.suffix}`;
  }
  if (size >= 1e15 || size < 1e-4) {
    // As many digits as neighbouring ticks need to differ.
    const digits = increment > 0 ? Math.floor(Math.log10(size)) - Math.floor(Math.log10(increment)) : 2;
    const text = size.toExponential(Math.min(Math.max(digits, 2), 15));
    return sign + trimZeros(text).replace("e+", "e").replace("e-", `e${MINUS}`);
  }
  for (const [scale, suffix] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (size >= scale && (scale > 1e3 || size >= 1e4)) return sign + plainDigits(size / scale, increment / scale) + suffix;
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
 * Writes a step, or an epoch, with all its digits, so that it is the same wherever it is named.
 *
 * @param step - mostly a whole number
 * @returns its text: `5,432,101`, `0.25`; the border of a bucket, which may lie between steps, `6,992,187.5`
 */
export function formatStep(step: number): string {
  if (Number.isSafeInteger(step)) return formatCount(step);
  const isLarge = Math.abs(step) >= 1e6 && Math.abs(step) < Number.MAX_SAFE_INTEGER;
  return isLarge ? formatCount(Number(step.toFixed(2))) : formatValue(step);
}

/**
 * Writes a size in bytes: `1.4 MB` (powers of 1000).
 *
 * @param bytes - the size
 * @param digits - how many of its digits tell
 * @returns its text
 */
export function formatBytes(bytes: number, digits = 2): string {
  let size = bytes;
  let unit = 0;
  for (; size >= 999.5 && unit < BYTE_UNITS.length - 1; unit++) size /= 1000;
  return `${unit === 0 || size >= 10 ** digits - 0.5 ? Math.round(size) : trimZeros(size.toPrecision(digits))} ${BYTE_UNITS[unit]}`;
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
