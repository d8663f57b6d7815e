import { fieldParts, metricField } from "../overview/field-text.js";

/** Names of metrics of which more is better. */
const MORE_IS_BETTER =
  /acc|auc|f1|score|reward|return|precision|recall|\bm?ap\b|bleu|rouge|iou|dice|top\d|psnr|ssim|r2\b|throughput|speed|per_sec/i;

/**
 * @param target - figure of a series
 * @returns its best figure: the least, of accuracies and the like the greatest
 */
export function bestField(target: string): string {
  const parts = fieldParts(target);
  if (parts.kind !== "metric") return target;
  return metricField(MORE_IS_BETTER.test(parts.name) ? "max" : "min", parts.name);
}
