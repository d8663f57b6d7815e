import { type ReactNode, useState } from "react";
import { formatCount } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";

/** Rows of a table before the reader asks for more: thousands would hold up the page for seconds at each change. */
const FIRST_ROWS = 100;

/**
 * Cuts a long table.
 *
 * @param rows - all of them
 * @returns the first ones, and what shows more of them where there are more
 */
export function useFirstRows<Row>(rows: readonly Row[]): { shown: readonly Row[]; more: ReactNode } {
  const { common } = useWords();
  const [most, setMost] = useState(FIRST_ROWS);
  const rest = rows.length - most;
  const more = rest > 0 && (
    <button type="button" className="button button-more" onClick={() => setMost(most * 2)}>
      {common.moreRows(formatCount(Math.min(rest, most)))}
    </button>
  );
  return { shown: rows.slice(0, most), more };
}
