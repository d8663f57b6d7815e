/** A line on the screen, and how far below the top of its box it stands. */
export interface Anchor {
  offset: string;
  topPx: number;
}

/**
 * @param box - that scrolls lines of a log
 * @returns the first line in view: when lines are added or taken away above, it shall stay where it is
 */
export function anchorOf(box: HTMLElement | null): Anchor | undefined {
  if (box === null) return undefined;
  const lines = box.children;
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const line = lines[middle] as HTMLElement;
    if (line.offsetTop + line.offsetHeight > box.scrollTop) high = middle;
    else low = middle + 1;
  }
  const line = lines[low] as HTMLElement | undefined;
  const offset = line?.dataset["offset"];
  return offset === undefined ? undefined : { offset, topPx: line!.offsetTop - box.scrollTop };
}

/**
 * @param box - that scrolls lines of a log
 * @param anchor - from {@link anchorOf}, before the lines changed
 */
export function restoreAnchor(box: HTMLElement, { offset, topPx }: Anchor): void {
  const line = box.querySelector<HTMLElement>(`[data-offset="${offset}"]`);
  if (line !== null) box.scrollTop = line.offsetTop - topPx;
}
