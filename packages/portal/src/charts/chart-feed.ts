import type { ChartColumns, Labels } from "ava-protocol";
import type { SeriesQuery } from "../api/series.js";

/** A series that a chart shows; `version` grows with the series. */
export interface WantedLine {
  key: string;
  instance: string;
  name: string;
  labels: Labels;
  version: number;
}

/** What the platform says of a line; of a run that went back, what it recorded between two rewinds as well. */
export interface LineAnswer extends ChartColumns {
  segments?: readonly ChartColumns[];
}

/** What a chart shows now. */
export interface Wanted {
  query: SeriesQuery;
  lines: readonly WantedLine[];
}

/** Keeps a chart's answers as fresh as wanted, asking only for what changed. */
export interface ChartFeed {
  want(wanted: Wanted): void;
  close(): void;
}

/** Asks for one series; `since` is the version that is there already. */
export type LoadLine = (
  line: WantedLine,
  since: number | undefined,
  query: SeriesQuery,
  signal: AbortSignal,
) => Promise<LineAnswer | undefined>;

/** Wait before what failed is tried again, in milliseconds. */
const RETRY_MS = 5000;

/**
 * Makes a feed. A series that grows while it is being read is read again afterwards: aborting at every change would never show a fast run
 * over a slow line. Another stretch or axis aborts at once. A series that cannot be had does not hold up the others; it is tried again when
 * it grew, and after a while.
 *
 * @param load - asks the API
 * @param onAnswers - gets all answers by key whenever some came
 * @param onError - gets a failure of a round
 * @returns the feed
 */
export function createChartFeed(
  load: LoadLine,
  onAnswers: (answers: ReadonlyMap<string, LineAnswer>) => void,
  onError: (error: Error) => void,
): ChartFeed {
  let wanted: Wanted | undefined;
  let queryText = "";
  let abort = new AbortController();
  let isRunning = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  /** What each series was last asked for, with or without success. */
  const asked = new Map<string, { text: string; version: number }>();
  const answers = new Map<string, LineAnswer>();
  /** For which stretch each answer is. */
  const answered = new Map<string, string>();

  const isStale = ({ key, version }: WantedLine): boolean => {
    const last = asked.get(key);
    return last === undefined || last.text !== queryText || last.version < version;
  };
  const round = async (query: SeriesQuery, stale: readonly WantedLine[]): Promise<void> => {
    const { signal } = abort;
    const text = queryText;
    for (const { key, version } of stale) asked.set(key, { text, version });
    const results = await Promise.allSettled(
      stale.map((line) => load(line, answered.get(line.key) === text ? answers.get(line.key)?.version : undefined, query, signal)),
    );
    if (signal.aborted) {
      // Forgotten: the reader may come back to this very stretch.
      for (const line of stale) asked.delete(line.key);
      return;
    }
    let failure: Error | undefined;
    results.forEach((result, i) => {
      const { key } = stale[i]!;
      if (result.status === "fulfilled") {
        if (result.value === undefined) return;
        answers.set(key, result.value);
        answered.set(key, text);
        // It may have grown beyond what was asked for.
        asked.set(key, { text, version: Math.max(result.value.version, stale[i]!.version) });
      } else failure = result.reason instanceof Error ? result.reason : new Error(String(result.reason));
    });
    if (results.some(({ status }) => status === "fulfilled")) onAnswers(new Map(answers));
    if (failure === undefined) return;
    onError(failure);
    const failed = stale.filter((_, i) => results[i]!.status === "rejected").map(({ key }) => key);
    clearTimeout(retry);
    retry = setTimeout(() => {
      for (const key of failed) asked.delete(key);
      start();
    }, RETRY_MS);
  };
  const run = async (): Promise<void> => {
    isRunning = true;
    for (;;) {
      const stale = wanted!.lines.filter(isStale);
      if (stale.length === 0) break;
      await round(wanted!.query, stale);
    }
    isRunning = false;
  };
  const start = (): void => {
    if (!isRunning) void run();
  };
  return {
    want(next) {
      const nextText = JSON.stringify(next.query);
      if (nextText !== queryText) {
        abort.abort();
        abort = new AbortController();
      }
      queryText = nextText;
      wanted = next;
      start();
    },
    close() {
      clearTimeout(retry);
      wanted = wanted && { ...wanted, lines: [] };
      abort.abort();
    },
  };
}
