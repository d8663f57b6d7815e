import type { InstanceRow } from "ava-protocol";

/** A page of the list, as the platform answers it. */
export interface RunPage {
  instances: readonly InstanceRow[];
  /** Runs on all pages. */
  total: number;
  nextCursor?: string;
}

/** Asks for a page; without a cursor the first one. */
export type LoadRuns = (cursor: string | undefined, limit: number, signal: AbortSignal) => Promise<RunPage>;

/** What is there of a list. */
export interface RunsShown {
  /** In order, as far as they were read. */
  rows: readonly InstanceRow[];
  /** In all; absent before the first answer. */
  total?: number;
  error?: Error;
}

/** A list of runs that is read page by page as it is scrolled. */
export interface RunPages {
  /** Rows that are in view; what is missing of them is asked for. */
  want(from: number, to: number): void;
  /** Asks again for the pages in view, and for others once they come into view. */
  reload(): void;
  close(): void;
}

/** Rows asked for at once, and on the way to a far place of the list. */
const PAGE_ROWS = 200;
const MOST_ROWS = 1000;
/** Wait before what failed is tried again, in milliseconds. */
const RETRY_MS = 3000;

interface KeptPage {
  rows: readonly InstanceRow[];
  nextCursor: string | undefined;
  round: number;
}

/**
 * Makes a list.
 *
 * @param load - asks the API
 * @param onChange - gets what is there whenever it changed
 * @returns the list
 */
export function createRunPages(load: LoadRuns, onChange: (shown: RunsShown) => void): RunPages {
  const abort = new AbortController();
  let pages: KeptPage[] = [];
  let total: number | undefined;
  let view = [0, 0] as [from: number, to: number];
  let round = 0;
  let isBusy = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const tell = (error?: Error): void =>
    onChange({
      rows: pages.flatMap((page) => page.rows),
      ...(total === undefined ? {} : { total }),
      ...(error === undefined ? {} : { error }),
    });
  /** The first page in view that is old or missing. */
  const due = (): { at: number; limit: number } | undefined => {
    let start = 0;
    for (const [at, page] of pages.entries()) {
      const end = start + page.rows.length;
      if (page.round < round && (at === 0 || (start < view[1] && end > view[0])))
        return { at, limit: Math.max(page.rows.length, PAGE_ROWS) };
      start = end;
    }
    if (pages.length > 0 && (pages.at(-1)!.nextCursor === undefined || view[1] <= start)) return undefined;
    return { at: pages.length, limit: view[1] - start > PAGE_ROWS ? MOST_ROWS : PAGE_ROWS };
  };
  const run = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    clearTimeout(retry);
    try {
      for (let next = due(); next !== undefined; next = due()) {
        const asked = round;
        const answer = await load(pages[next.at - 1]?.nextCursor, next.limit, abort.signal);
        if (abort.signal.aborted) return;
        const page = { rows: answer.instances, nextCursor: answer.nextCursor, round: asked };
        // What follows still fits when this page ends where it ended before.
        const rest = pages[next.at]?.nextCursor === answer.nextCursor ? pages.slice(next.at + 1) : [];
        pages = [...pages.slice(0, next.at), page, ...rest];
        ({ total } = answer);
        tell();
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      tell(error as Error);
      // A question that is wrong stays wrong.
      if ((error as { status?: number }).status !== 400) retry = setTimeout(() => void run(), RETRY_MS);
    }
    isBusy = false;
  };
  void run();
  return {
    want(from, to) {
      view = [from, to];
      void run();
    },
    reload() {
      round += 1;
      void run();
    },
    close() {
      clearTimeout(retry);
      abort.abort();
    },
  };
}
