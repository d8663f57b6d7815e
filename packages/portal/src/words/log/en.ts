import type { LogWords } from "./words.js";

/** English texts of the log. */
export const logEn: LogWords = {
  follow: "Follow",
  earlier: "Show earlier",
  latest: "Back to the end",
  wrap: "Wrap lines",
  search: "Filter lines",
  empty: "No output yet",
  emptyText: "What the run prints appears here as it happens.",
  range: (from, to, size) => `${from} to ${to} of ${size}`,
  trimmed: (lines) => `Only the last ${lines} lines of this part are shown.`,
  nothingFound: "No line matches.",
  label: "Output of the run",
};
