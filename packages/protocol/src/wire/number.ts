/** A float64 in JSON: values that are not finite are strings. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

/**
 * Makes any float64 fit for JSON.
 *
 * @param value - the number
 * @returns the number, or its name where JSON has no number for it
 */
export function toWireNumber(value: number): WireNumber {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

/**
 * Reverses {@link toWireNumber}.
 *
 * @param value - number or one of the three names
 * @returns the float64
 */
export function fromWireNumber(value: WireNumber): number {
  return typeof value === "number" ? value : Number(value);
}
