import { type RefObject, useEffect, useState } from "react";
import { onNextFrame } from "../../charts/frames.js";

/** Rows of a table: the first, and the one behind the last. */
export type RowRange = readonly [from: number, to: number];

/** Rows prepared above and below the window. */
const ROWS_BEYOND = 12;
/** Rows that are taken to be seen before the box was measured. */
const FIRST_ROWS = 38;

/**
 * Follows which rows of a long table its box shows, so that few others are made.
 *
 * @param box - scrolls
 * @param table - the rows in it, which are equally high
 * @param rows - how many the whole table has
 * @param rowHeightPx - height of a row in CSS pixels
 * @returns rows of which half or more can be seen, and those to be made
 */
export function useRowsInView(
  box: RefObject<HTMLElement | null>,
  table: RefObject<HTMLElement | null>,
  rows: number,
  rowHeightPx: number,
): { seen: RowRange; made: RowRange } {
  const [[from, to], setSeen] = useState<RowRange>([0, FIRST_ROWS]);
  useEffect(() => {
    const frame = box.current!;
    const follow = (): void => {
      if (table.current === null) return;
      const above = frame.getBoundingClientRect().top - table.current.getBoundingClientRect().top;
      const headPx = frame.querySelector("thead")?.clientHeight ?? 0;
      const first = Math.round((above + headPx) / rowHeightPx);
      const last = Math.round((above + frame.clientHeight) / rowHeightPx);
      setSeen((old) => (old[0] === first && old[1] === last ? old : [first, last]));
    };
    const later = (): void => onNextFrame(follow, follow);
    follow();
    frame.addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    return () => {
      frame.removeEventListener("scroll", later);
      removeEventListener("resize", later);
    };
  }, [box, table, rows, rowHeightPx]);
  const within = (row: number): number => Math.min(Math.max(row, 0), rows);
  return { seen: [within(from), within(to)], made: [within(from - ROWS_BEYOND), within(to + ROWS_BEYOND)] };
}
