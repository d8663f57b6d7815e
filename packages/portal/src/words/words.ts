import type { InstanceEvent, InstanceState } from "ava-protocol";

/** Languages of the portal. */
export type Language = "en" | "zh";

/** Every text of the portal; a language that lacks one does not compile. */
export interface Words {
  languageName: string;
  appPurpose: string;
  skipToContent: string;
  nav: {
    trainings: string;
    allTrainings: string;
    language: string;
    theme: string;
    themes: { system: string; light: string; dark: string };
  };
  live: { open: string; connecting: string; lost: string };
  states: Record<InstanceState, string>;
  common: {
    loading: string;
    retry: string;
    notFound: string;
    notFoundText: string;
    backToOverview: string;
    failed: (message: string) => string;
    unreachable: string;
    broken: (message: string) => string;
    reload: string;
    cancel: string;
    ago: (duration: string) => string;
  };
  overview: {
    title: string;
    instances: (count: number) => string;
    running: (count: number) => string;
    search: string;
    searchHint: string;
    allStates: string;
    columns: {
      state: string;
      id: string;
      start: string;
      duration: string;
      metric: string;
      trend: string;
      params: string;
    };
    sortBy: (column: string) => string;
    empty: string;
    emptyText: string;
    nothingFound: string;
    clearFilters: string;
    more: string;
    trendOf: (metric: string) => string;
  };
  instance: {
    tabs: { charts: string; log: string; params: string; models: string; events: string };
    started: string;
    duration: string;
    heartbeat: string;
    ended: string;
    stop: string;
    stopTitle: string;
    stopText: string;
    stopConfirm: string;
    stopRequested: (reason: string) => string;
    stopFailed: (message: string) => string;
    drops: (what: string) => string;
    damage: (what: string) => string;
    dropPoints: (count: string) => string;
    dropLogBytes: (size: string) => string;
    dropEvents: (count: string) => string;
    dropUnknown: (count: string) => string;
    facts: string;
    command: string;
    host: string;
    folder: string;
    process: string;
    batchOfEpoch: string;
    logSize: string;
    points: string;
    series: string;
    searchParams: string;
    noParams: string;
    noParamsFound: string;
    eventsTitle: string;
    noEvents: string;
    events: Record<InstanceEvent["event"], string>;
    step: (step: string) => string;
  };
  models: {
    name: string;
    written: string;
    size: string;
    registered: string;
    file: string;
    empty: string;
    emptyText: string;
    epoch: (epoch: string) => string;
    download: string;
    downloadOf: (name: string) => string;
  };
  environment: {
    title: string;
    commit: string;
    branch: string;
    os: string;
    cpus: string;
    memory: string;
    packages: string;
    diff: string;
    dirty: string;
    clean: string;
    truncated: string;
  };
  end: {
    exited: (code: number) => string;
    signal: (name: string) => string;
    stoppedBy: { signal: string; platform: string; grace: string };
    clean: string;
    lost: string;
  };
  charts: {
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
  };
  log: {
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
  };
  login: { title: string; text: string; token: string; submit: string; wrong: string };
}
