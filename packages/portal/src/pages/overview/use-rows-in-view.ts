import { type RefObject, useEffect, useState } from "react";
import { onNextFrame } from "../../charts/frames.js";

/** Rows prepared above and below the window. */
const ROWS_BEYOND = 12;

/**
 * Follows which rows of a long table its box shows, so that no others are made.
 *
 * @param box - scrolls
 * @param table - the rows in it, which are equally high
 * @param rows - how many the whole table has
 * @param rowHeightPx - height of a row in CSS pixels
 * @returns first row to be made, and the one behind the last
 */
export function useRowsInView(
  box: RefObject<HTMLElement | null>,
  table: RefObject<HTMLElement | null>,
  rows: number,
  rowHeightPx: number,
): [from: number, to: number] {
  const [[from, to], setRange] = useState([0, 50]);
  useEffect(() => {
    const frame = box.current!;
    const follow = (): void => {
      if (table.current === null) return;
      const above = frame.getBoundingClientRect().top - table.current.getBoundingClientRect().top;
      const first = Math.floor(above / rowHeightPx) - ROWS_BEYOND;
      const last = Math.ceil((above + frame.clientHeight) / rowHeightPx) + ROWS_BEYOND;
      setRange((old) => (old[0] === first && old[1] === last ? old : [first, last]));
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
  const end = Math.min(Math.max(to, 0), rows);
  return [Math.min(Math.max(from, 0), end), end];
}
