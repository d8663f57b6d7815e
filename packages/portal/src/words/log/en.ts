import type { LogWords } from "./words.js";

/** English texts of the log. */
export const logEn: LogWords = {
  follow: "Follow",
  start: "Start",
  end: "End",
  goToLine: "Line number",
  line: (number) => `Line ${number}`,
  inCharts: "Show in the charts",
  unselect: "Unselect the line",
  wrap: "Wrap lines",
  download: "Download",
  search: "Search the log",
  searching: "Searching the log …",
  hitsOf: (search) => `Places of ${search}`,
  hits: (count, isOne, hasMore) => (hasMore ? `The first ${count} places` : isOne ? "1 place" : `${count} places`),
  previousHit: "Previous place",
  nextHit: "Next place",
  moreHits: "Search on",
  empty: "No output yet",
  emptyText: "What the run prints appears here as it happens.",
  range: (from, to, size) => `${from} to ${to} of ${size}`,
  label: "Output of the run",
};
