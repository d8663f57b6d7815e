/**
 * Checks an option that a callback cannot work without.
 *
 * @param value - the option's value
 * @param callback - what the message calls the callback
 * @param name - name of the option
 * @param warn - told what is wrong and what to do
 * @returns whether it is a positive integer
 */
export function isPositiveInteger(value: unknown, callback: string, name: string, warn: (message: string) => void): value is number {
  if (Number.isInteger(value) && (value as number) > 0) return true;
  warn(`${callback} is not made: option ${name} ${value === undefined ? "is missing" : `is ${String(value)}`}; give a positive integer`);
  return false;
}
