import { type LoadLog, type LogShown, LogWindow } from "./log-window.js";

/** Wait before what failed is tried again, in milliseconds. */
const RETRY_MS = 3000;

/** Reads a log as its reader moves through it, one question at a time. */
export interface LogSession {
  /** @param at - place to show, in bytes; absent for the end of the log. Nothing is read where it is shown already */
  goTo(at: number | undefined): void;
  /** Reads what lies in front of, or behind, what is shown. */
  read(direction: "before" | "after"): void;
  /** @param sizeBytes - of the log, which has grown: read on where its end is shown */
  grow(sizeBytes: number): void;
  close(): void;
}

/**
 * @param load - asks the API
 * @param tell - gets what is shown, and what went wrong; that is tried again by itself
 * @returns the session, which shows nothing yet
 */
export function openLogSession(load: LoadLog, tell: (shown: LogShown | undefined, error?: Error) => void): LogSession {
  const window = new LogWindow(load);
  const wanted = new Set<"open" | "before" | "after" | "end">();
  let place: number | undefined;
  let shown: LogShown | undefined;
  let sizeBytes = 0;
  let isBusy = false;
  const ending = new AbortController();
  let retry: ReturnType<typeof setTimeout> | undefined;

  const work = async (job: "open" | "before" | "after" | "end"): Promise<void> => {
    if (job === "open") await window.open(place);
    else if (job === "before") await window.readBefore();
    else if (job === "after") await window.readAfter();
    else await window.readToEnd(sizeBytes);
  };
  const show = (): void => {
    if (ending.signal.aborted) return;
    shown = window.shown();
    tell(shown);
  };
  /** The end of the log as it was is shown, and the log has grown. */
  const isBehind = (): boolean => shown !== undefined && shown.toBytes >= shown.sizeBytes && sizeBytes > shown.sizeBytes;
  const pump = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    clearTimeout(retry);
    try {
      for (let job = first(wanted); job !== undefined && !ending.signal.aborted; job = first(wanted)) {
        // A wish that comes while this one is served is another one.
        wanted.delete(job);
        try {
          await work(job);
        } catch (error) {
          wanted.add(job);
          throw error;
        }
        show();
        if (job === "open" && isBehind()) wanted.add("end");
        // The numbers may take long: what else is wished does not wait for them.
        if (job === "open") void window.number().then(show, () => undefined);
      }
    } catch (error) {
      if (!ending.signal.aborted) {
        tell(shown, error as Error);
        retry = setTimeout(() => void pump(), RETRY_MS);
      }
    }
    isBusy = false;
  };
  const want = (job: "open" | "before" | "after" | "end"): void => {
    wanted.add(job);
    void pump();
  };
  return {
    goTo(at) {
      place = at;
      const isShown =
        shown !== undefined && (at === undefined ? shown.toBytes === shown.sizeBytes : at >= shown.fromBytes && at < shown.toBytes);
      if (!isShown) want("open");
    },
    read: want,
    grow(size) {
      sizeBytes = size;
      if (isBehind()) want("end");
    },
    close() {
      ending.abort();
      clearTimeout(retry);
    },
  };
}

/** Opening comes before everything else. */
function first(wanted: ReadonlySet<"open" | "before" | "after" | "end">): "open" | "before" | "after" | "end" | undefined {
  return wanted.has("open") ? "open" : [...wanted][0];
}
