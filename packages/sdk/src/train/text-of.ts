/**
 * Makes text of what a program says, of whatever type it is: an error that was caught is passed on as a reason as often as its message.
 *
 * @param value - text, an error, or anything else
 * @returns the text; empty for `undefined` and `null`. Never throws
 */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  try {
    return String(value);
  } catch {
    // A symbol's or a proxy's own conversion may throw.
    return typeof value;
  }
}
