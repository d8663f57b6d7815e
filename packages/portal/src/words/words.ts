import type { ErrorCode, InstanceEvent, InstanceState } from "ava-protocol";
import type { ChartWords } from "./charts/words.js";
import type { LogWords } from "./log/words.js";
import type { RunsWords } from "./runs/words.js";
import type { TrainingWords } from "./trainings/words.js";

/** Languages of the portal. */
export type Language = "en" | "zh";

/** Every text of the portal; a language that lacks one does not compile. */
export interface Words {
  appPurpose: string;
  skipToContent: string;
  nav: {
    trainings: string;
    allTrainings: string;
    /** Heading of the lists of models and evaluations. */
    kept: string;
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
    /** What the platform says, by its code; empty in its own language. */
    errors: Readonly<Partial<Record<ErrorCode, string>>>;
    /** Label of what shows the sentence that the platform has answered with. */
    platformSaid: string;
    unreachable: string;
    /** What is said where a proxy or the like has answered in place of the platform, with the status. */
    foreign: (status: string) => string;
    tryAgain: string;
    broken: (message: string) => string;
    reload: string;
    cancel: string;
    /** Label of the links to the lists above a page. */
    crumbs: string;
    /** Label of the search in a list of models or of evaluations. */
    searchList: string;
    nothingFound: string;
    /** How many entries of a list a search has found; all where it looks for nothing. */
    found: (found: string, all: string) => string;
    moreRows: (count: string) => string;
    ago: (duration: string) => string;
  };
  overview: {
    title: string;
    instances: (count: number) => string;
    running: (count: number) => string;
    search: string;
    searchHint: string;
    allStates: string;
    columns: { state: string; id: string; start: string; duration: string; trend: string };
    figures: { last: string; min: string; max: string; count: string };
    /** Label of the choice of the metric whose best step columns are taken at. */
    atBestOf: string;
    atBest: string;
    bestStep: string;
    sameInAll: (runs: number) => string;
    chooseColumns: string;
    searchColumns: string;
    moreFound: (count: string) => string;
    usualColumns: string;
    resetColumns: string;
    noValues: string;
    noValuesTitle: (field: string) => string;
    params: string;
    metrics: string;
    removeTerm: (term: string) => string;
    onlyWith: (term: string) => string;
    suggestions: string;
    pick: (run: string) => string;
    picked: (count: number) => string;
    clearPicked: string;
    compare: (count: number) => string;
    sortBy: (column: string) => string;
    empty: string;
    emptyText: string;
    nothingFound: string;
    unknownFields: (fields: string) => string;
    readAsMetric: (name: string, params: string) => string;
    clearFilters: string;
    /** Goes before the platform's words about a filter, a column or an order. */
    wrongQuestion: string;
    trendOf: (metric: string) => string;
  };
  runs: RunsWords;
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
    deleted: string;
    restorableUntil: (moment: string) => string;
    restore: string;
    restoreFailed: (message: string) => string;
    drops: (what: string) => string;
    damage: string;
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
    mainInstance: string;
    furtherInstances: string;
    logSize: string;
    points: string;
    series: string;
    progress: string;
    epoch: (epoch: string) => string;
    epochOf: (epoch: string, total: string) => string;
    batchOf: (batch: string, total: string) => string;
    stepOf: (step: string, total: string) => string;
    rate: (steps: string) => string;
    left: (duration: string) => string;
    lastLines: string;
    wholeLog: string;
    noBaseline: string;
    differsFrom: (run: string) => string;
    thisRun: string;
    searchParams: string;
    noParams: string;
    noParamsFound: string;
    files: string;
    moreFiles: (count: string) => string;
    eventsTitle: string;
    noEvents: string;
    events: Record<InstanceEvent["event"], string>;
    step: (step: string) => string;
  };
  models: {
    title: string;
    run: string;
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
  evaluations: {
    title: string;
    name: string;
    figures: string;
    received: string;
    result: string;
    empty: string;
    emptyText: string;
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
  charts: ChartWords;
  log: LogWords;
  trainings: TrainingWords;
  login: { title: string; text: string; token: string; submit: string; wrong: string };
}
