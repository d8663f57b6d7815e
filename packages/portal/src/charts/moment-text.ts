import type { ChartAxis } from "ava-protocol";
import { formatStep } from "../words/format-number.js";
import { formatFullMoment } from "../words/format-time.js";
import type { Language, Words } from "../words/words.js";
import type { LinePoint } from "./line-points.js";

/**
 * @param point - of a line
 * @param axis - of its chart: what that says already is left out
 * @param words - of the page
 * @param language - of the page
 * @returns step, epoch and time of the point in a line
 */
export function momentText({ step, epoch, timeNs }: LinePoint, axis: ChartAxis, words: Words, language: Language): string {
  const { axes } = words.charts;
  return [
    ...(axis === "step" ? [] : [`${axes.step} ${formatStep(step)}`]),
    ...(epoch === undefined || axis === "epoch" ? [] : [`${axes.epoch} ${formatStep(epoch)}`]),
    ...(axis === "time" ? [] : [formatFullMoment(Number(timeNs) / 1e6, language)]),
  ].join(" · ");
}
