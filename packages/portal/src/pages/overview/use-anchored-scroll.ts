import type { InstanceRow } from "ava-protocol";
import { type RefObject, useLayoutEffect, useRef } from "react";

/** Rows among which the one that was in view is looked for. */
const NEAR_ROWS = 500;

/**
 * Keeps what the reader looks at where it is while runs come and go above it. At the top of the table new runs show themselves.
 *
 * @param box - scrolls
 * @param body - the rows in it
 * @param rows - of the table, as far as they were read
 * @param rowPx - height of a row
 */
export function useAnchoredScroll(
  box: RefObject<HTMLElement | null>,
  body: RefObject<HTMLElement | null>,
  rows: readonly InstanceRow[],
  rowPx: number,
): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const old = before.current;
    before.current = rows;
    const [frame, table] = [box.current, body.current];
    if (frame === null || table === null || old === rows || frame.scrollTop === 0) return;
    const first = Math.floor((frame.getBoundingClientRect().top - table.getBoundingClientRect().top) / rowPx) + 1;
    const id = old[first]?.id;
    if (first < 1 || id === undefined || rows[first]?.id === id) return;
    const start = Math.max(first - NEAR_ROWS, 0);
    const place = rows.slice(start, first + NEAR_ROWS).findIndex((row) => row?.id === id);
    if (place >= 0) frame.scrollTop += (start + place - first) * rowPx;
  }, [box, body, rows, rowPx]);
}
