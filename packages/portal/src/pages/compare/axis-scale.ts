/** How the values of one field stand along an axis: 0 at one end, 1 at the other. */
export type AxisScale =
  | { kind: "number"; isLog: boolean; min: number; max: number; ticks: readonly number[] }
  | { kind: "text"; values: readonly string[] };

/** Greatest value by least from which an axis is logarithmic. */
const LOG_FROM = 100;
/** Values up to which each is a tick of its own. */
const MOST_DISCRETE = 8;

/**
 * @param texts - values of the field; without those that are missing
 * @returns the scale: of numbers where all are numbers, else of texts
 */
export function axisScale(texts: readonly string[]): AxisScale {
  const distinct = [...new Set(texts)];
  const numbers = distinct.map(Number);
  if (distinct.length === 0 || distinct.some((text) => text.trim() === "") || !numbers.every(Number.isFinite)) {
    return { kind: "text", values: distinct.sort(naturally.compare) };
  }
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const [min, max] = [sorted[0]!, sorted.at(-1)!];
  const isLog = min > 0 && max / min >= LOG_FROM;
  const ticks = sorted.length <= MOST_DISCRETE ? sorted : [0, 0.25, 0.5, 0.75, 1].map((place) => valueAt({ isLog, min, max }, place));
  return { kind: "number", isLog, min, max, ticks };
}

/**
 * @param scale - of the field
 * @param text - a value
 * @returns its place from 0 to 1; `undefined` where it has none
 */
export function placeOf(scale: AxisScale, text: string): number | undefined {
  if (scale.kind === "text") {
    const at = scale.values.indexOf(text);
    return at < 0 ? undefined : scale.values.length === 1 ? 0.5 : at / (scale.values.length - 1);
  }
  const { isLog, min, max } = scale;
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  if (min === max) return 0.5;
  return isLog ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
}

/**
 * @param scale - of numbers
 * @param place - from 0 to 1
 * @returns the value there
 */
export function valueAt({ isLog, min, max }: { isLog: boolean; min: number; max: number }, place: number): number {
  return isLog ? min * (max / min) ** place : min + (max - min) * place;
}

const naturally = new Intl.Collator("en", { numeric: true });
