import { formatValue } from "../../words/format-number.js";

/** How the values of one field stand along an axis: 0 at one end, 1 at the other. */
export type AxisScale =
  | { kind: "number"; isLog: boolean; min: number; max: number; ticks: readonly number[] }
  | { kind: "text"; values: readonly string[] };

/** Greatest value by least from which an axis is logarithmic. */
const LOG_FROM = 100;
/** Values up to which each is a tick of its own. */
const MOST_DISCRETE = 8;
/** Length up to which a text stands whole beside an axis. */
const MOST_CHARACTERS = 14;
/** What a diverged run has: it has no place, and the numbers of the other runs stay numbers. */
const NOT_FINITE: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

/**
 * @param texts - values of the field; without those that are missing
 * @returns the scale: of numbers where all that are finite are numbers, else of texts
 */
export function axisScale(texts: readonly string[]): AxisScale {
  const distinct = [...new Set(texts)];
  const numeric = distinct.filter((text) => !NOT_FINITE.has(text));
  const numbers = numeric.map(Number);
  if (numbers.length === 0 || numeric.some((text) => text.trim() === "") || !numbers.every(Number.isFinite)) {
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

/**
 * @param scale - of the field
 * @param spanPx - length of the axis in CSS pixels
 * @param sizePx - how much of that length a label takes
 * @returns labels of a scale of numbers, without those that would overlap the one before
 */
export function axisTicks(
  scale: AxisScale & { kind: "number" },
  spanPx: number,
  sizePx: (text: string) => number,
): { text: string; place: number }[] {
  const shown: { text: string; place: number }[] = [];
  for (const tick of scale.ticks) {
    const [text, place, before] = [formatValue(tick), placeOf(scale, String(tick)) ?? 0, shown.at(-1)];
    if (before === undefined || (place - before.place) * spanPx >= (sizePx(text) + sizePx(before.text)) / 2) shown.push({ text, place });
  }
  return shown;
}

/**
 * @param text - a value that is not a number
 * @returns the text in the room that a label has: its start and its end, which tell long lists and paths apart
 */
export function shortText(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, 5)}…${text.slice(-8)}` : text;
}

const naturally = new Intl.Collator("en", { numeric: true });
