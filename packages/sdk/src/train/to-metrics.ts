/**
 * Passes numbers on and leaves the rest out, so that a wrong value never throws inside a training loop.
 *
 * @param metrics - what the caller logged
 * @param warn - told which names were left out
 * @returns the same object when all values are numbers
 */
export function toMetrics(metrics: Readonly<Record<string, unknown>>, warn: (message: string) => void): Readonly<Record<string, number>> {
  for (const name in metrics) {
    if (typeof metrics[name] !== "number") return onlyNumbers(metrics, warn);
  }
  return metrics as Readonly<Record<string, number>>;
}

function onlyNumbers(metrics: Readonly<Record<string, unknown>>, warn: (message: string) => void): Record<string, number> {
  const numbers: Record<string, number> = {};
  const others: string[] = [];
  for (const [name, value] of Object.entries(metrics ?? {})) {
    if (typeof value === "number") numbers[name] = value;
    else if (typeof value === "bigint" || typeof value === "boolean") numbers[name] = Number(value);
    else others.push(`${name} (${value === null ? "null" : typeof value})`);
  }
  if (others.length > 0) warn(`log() takes numbers; left out: ${others.join(", ")}`);
  return numbers;
}
