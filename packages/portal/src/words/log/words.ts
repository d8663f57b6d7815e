/** Texts of the log. */
export interface LogWords {
  follow: string;
  earlier: string;
  latest: string;
  wrap: string;
  search: string;
  empty: string;
  emptyText: string;
  range: (from: string, to: string, size: string) => string;
  trimmed: (lines: string) => string;
  nothingFound: string;
  label: string;
}
