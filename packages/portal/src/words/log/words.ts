/** Texts of the log. */
export interface LogWords {
  follow: string;
  start: string;
  end: string;
  goToLine: string;
  line: (number: string) => string;
  inCharts: string;
  unselect: string;
  wrap: string;
  download: string;
  search: string;
  searching: string;
  hitsOf: (search: string) => string;
  hits: (count: string, isOne: boolean, hasMore: boolean) => string;
  previousHit: string;
  nextHit: string;
  moreHits: string;
  empty: string;
  emptyText: string;
  range: (from: string, to: string, size: string) => string;
  label: string;
  rules: string;
  rulesHint: string;
  previewRules: string;
  applyRules: string;
  readingLog: string;
  readByRules: string;
  wouldAdd: (points: string, known: string) => string;
  added: (points: string) => string;
  newPoints: string;
  knownPoints: string;
  first: string;
  last: string;
  silentRule: string;
  refused: (points: string) => string;
  undo: string;
  undone: string;
}
