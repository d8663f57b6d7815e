/** What is asked of `nvidia-smi`; the name comes last, since it alone may hold a comma. */
export const GPU_FIELDS: readonly string[] = [
  "index",
  "utilization.gpu",
  "memory.used",
  "memory.total",
  "power.draw",
  "temperature.gpu",
  "name",
];

/** One GPU at one moment. */
export interface GpuReading {
  index: string;
  name: string;
  /** Values by names of series; what the GPU does not tell is absent. */
  metrics: Record<string, number>;
}

const MIB = 1_048_576;

/**
 * @param line - a line of `nvidia-smi` for {@link GPU_FIELDS} as CSV without units
 * @returns its values; `undefined` when it is not such a line
 */
export function parseGpuLine(line: string): GpuReading | undefined {
  const [index = "", ...rest] = line.split(",").map((field) => field.trim());
  if (!/^\d+$/.test(index) || rest.length < GPU_FIELDS.length - 1) return undefined;
  // Without a number stands [N/A] or [Not Supported].
  const [utilization = Number.NaN, usedMib = Number.NaN, totalMib = Number.NaN, watts = Number.NaN, celsius = Number.NaN] =
    rest.map(Number);
  const all = {
    "system/gpu/utilization_percent": utilization,
    "system/gpu/memory_used_bytes": usedMib * MIB,
    "system/gpu/memory_percent": (usedMib / totalMib) * 100,
    "system/gpu/power_watts": watts,
    "system/gpu/temperature_celsius": celsius,
  };
  const metrics = Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)));
  return { index, name: rest.slice(5).join(", "), metrics };
}
