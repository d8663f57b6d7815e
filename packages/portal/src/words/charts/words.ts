/** Texts of charts. */
export interface ChartWords {
  axis: string;
  axes: { step: string; time: string; relative: string; epoch: string };
  log: string;
  smoothing: string;
  resetZoom: string;
  search: string;
  metrics: string;
  noMetrics: string;
  noMetricsText: string;
  nothingFound: string;
  notRegex: (word: string) => string;
  zoomHint: string;
  asTable: string;
  asChart: string;
  enlarge: string;
  reduce: string;
  points: (count: string) => string;
  nonFinite: (kind: string, where: string) => string;
  nonPositive: (count: number) => string;
  noPositive: string;
  damaged: string;
  noPoints: string;
  noEpochs: string;
  failed: (message: string) => string;
  table: { series: string; last: string; min: string; max: string; count: string; lastStep: string };
  chartLabel: (base: string, lines: number) => string;
  toggleLine: (line: string) => string;
  moreLines: (count: number) => string;
  fewerLines: string;
  moreCharts: (count: number) => string;
}
