import type { LiveChange } from "ava-protocol";

/** What the page knows about its live connection. */
export type LiveState = "connecting" | "open" | "lost";

/** What a live stream tells: its state, and what changed on the platform. */
export type LiveNews = { state: LiveState } | { change: LiveChange };

/** A stream of changes. */
export interface LiveStream {
  state(): LiveState;
  close(): void;
}

/** Waits between attempts: doubled each time, so that a platform that restarts is found soon and one that is gone is not hammered. */
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 15_000;

/** The platform says every 15 seconds that it is there: a connection that is silent for longer was cut without a word, as by a router or in a sleep. */
const SILENT_MS = 40_000;

/**
 * Opens `GET /v1/live` and opens it again whenever it breaks or falls silent.
 *
 * @param url - address of the stream
 * @param tell - gets each change, and each new state
 * @returns the stream
 */
export function openStream(url: string, tell: (news: LiveNews) => void): LiveStream {
  let state: LiveState = "connecting";
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = RETRY_FIRST_MS;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const setState = (next: LiveState): void => {
    if (state === next) return;
    state = next;
    tell({ state });
  };
  const giveUp = (): void => {
    clearTimeout(silence);
    source?.close();
    setState("lost");
    timer = setTimeout(connect, waitMs);
    waitMs = Math.min(waitMs * 2, RETRY_MOST_MS);
  };
  const connect = (): void => {
    source = new EventSource(url);
    source.addEventListener("open", () => {
      waitMs = RETRY_FIRST_MS;
      setState("open");
    });
    source.addEventListener("change", (event) => tell({ change: JSON.parse((event as MessageEvent<string>).data) as LiveChange }));
    source.addEventListener("alive", () => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, SILENT_MS);
    });
    // The browser's own retry gives up on some answers (for example 502 of a proxy), so ours replaces it.
    source.addEventListener("error", giveUp);
  };
  connect();
  return {
    state: () => state,
    close() {
      clearTimeout(timer);
      clearTimeout(silence);
      source?.close();
    },
  };
}
