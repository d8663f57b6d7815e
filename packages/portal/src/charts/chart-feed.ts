import type { Labels, SeriesAnswer } from "ava-protocol";
import type { SeriesQuery } from "../api/series.js";

/** A series that a chart shows; `version` changes when the series grew. */
export interface WantedLine {
  key: string;
  name: string;
  labels: Labels;
  version: string;
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

/** Asks for one series. */
export type LoadLine = (line: WantedLine, query: SeriesQuery, signal: AbortSignal) => Promise<SeriesAnswer>;

/**
 * Makes a feed. A series that grows while it is being read is read again afterwards: aborting at every change would never show a fast run
 * over a slow line. Another stretch or axis aborts at once.
 *
 * @param load - asks the API
 * @param onAnswers - gets all answers by key whenever some came
 * @param onError - gets the failure of a round; the next change tries again
 * @returns the feed
 */
export function createChartFeed(
  load: LoadLine,
  onAnswers: (answers: ReadonlyMap<string, SeriesAnswer>) => void,
  onError: (error: Error) => void,
): ChartFeed {
  let wanted: Wanted | undefined;
  let queryText = "";
  let abort = new AbortController();
  let isRunning = false;
  let isClosed = false;
  const answers = new Map<string, { stamp: string; answer: SeriesAnswer }>();

  const stamp = (line: WantedLine): string => `${queryText} ${line.version}`;
  const run = async (): Promise<void> => {
    isRunning = true;
    for (;;) {
      const { query, lines } = wanted!;
      const stale = lines.filter((line) => answers.get(line.key)?.stamp !== stamp(line));
      if (stale.length === 0 || isClosed) break;
      const { signal } = abort;
      try {
        const fresh = await Promise.all(
          stale.map(async (line) => ({ key: line.key, stamp: stamp(line), answer: await load(line, query, signal) })),
        );
        for (const { key, ...entry } of fresh) answers.set(key, entry);
        if (!signal.aborted) onAnswers(new Map([...answers].map(([key, { answer }]) => [key, answer])));
      } catch (error) {
        if (signal.aborted) continue;
        onError(error instanceof Error ? error : new Error(String(error)));
        break;
      }
    }
    isRunning = false;
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
      if (!isRunning) void run();
    },
    close() {
      isClosed = true;
      abort.abort();
    },
  };
}
