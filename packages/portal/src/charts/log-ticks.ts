/**
 * Places of the ticks of a log axis: powers of ten when there are decades, 1-2-5 within a few decades, round values within less than one.
 *
 * @param min - least value of the axis, above 0
 * @param max - greatest value of the axis
 * @param mostTicks - how many fit
 * @returns ascending places within the axis
 */
export function logTicks(min: number, max: number, mostTicks: number): number[] {
  const decades = Math.log10(max) - Math.log10(min);
  if (decades < 0.7) return linearTicks(min, max, mostTicks);
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = within(first, last, 1, steps, min, max);
    if (ticks.length <= mostTicks) return ticks;
  }
  return within(first, last, Math.ceil(decades / Math.max(mostTicks, 1)), [1], min, max);
}

function within(first: number, last: number, everyDecades: number, steps: readonly number[], min: number, max: number): number[] {
  const ticks: number[] = [];
  for (let exponent = first; exponent <= last; exponent += everyDecades) {
    for (const step of steps) {
      // Number("2e-5") is the nearest float64; 2 * 10 ** -5 is not.
      const tick = Number(`${step}e${exponent}`);
      if (tick >= min && tick <= max) ticks.push(tick);
    }
  }
  return ticks;
}

function linearTicks(min: number, max: number, mostTicks: number): number[] {
  const rough = (max - min) / Math.max(mostTicks, 1);
  const exponent = Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((step) => step * 10 ** exponent >= rough) ?? 10;
  const increment = digit * 10 ** exponent;
  const ticks: number[] = [];
  for (let n = Math.ceil(min / increment); n * increment <= max; n++) ticks.push(Number((n * increment).toPrecision(12)));
  return ticks;
}
