/** Room around the line, so that its width is not cut off. */
const MARGIN_PX = 2;

/**
 * Draws a small line. Values that are not finite are gaps.
 *
 * @param x - ascending
 * @param y - values
 * @param widthPx - of the picture
 * @param heightPx - of the picture
 * @returns path data of SVG
 */
export function sparkPath(x: Float64Array, y: Float64Array, widthPx: number, heightPx: number): string {
  const finite = y.filter(Number.isFinite);
  const least = Math.min(...finite);
  const greatest = Math.max(...finite);
  const first = x[0] ?? 0;
  const spanX = (x.at(-1) ?? 0) - first;
  let path = "";
  let isOpen = false;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i]!)) {
      isOpen = false;
      continue;
    }
    const partX = spanX > 0 ? (x[i]! - first) / spanX : 0.5;
    const partY = greatest > least ? (y[i]! - least) / (greatest - least) : 0.5;
    const left = MARGIN_PX + partX * (widthPx - 2 * MARGIN_PX);
    const top = heightPx - MARGIN_PX - partY * (heightPx - 2 * MARGIN_PX);
    path += `${isOpen ? "L" : "M"}${left.toFixed(1)} ${top.toFixed(1)}`;
    isOpen = true;
  }
  return path;
}
