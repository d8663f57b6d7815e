import type { LiveChange } from "ava-protocol";

/** What the page knows about its live connection. */
export type LiveState = "connecting" | "open" | "lost";

/** The one live connection of the page. */
export interface LiveConnection {
  state(): LiveState;
  onState(listener: () => void): () => void;
  onChange(listener: (change: LiveChange) => void): () => void;
  /** Listener for "anything may have changed": after the connection came back. */
  onCatchUp(listener: () => void): () => void;
  close(): void;
}

/** Waits between attempts: doubled each time, so that a platform that restarts is found soon and one that is gone is not hammered. */
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 15_000;

/**
 * Opens `GET /v1/live` and opens it again whenever it breaks.
 *
 * @param url - address of the stream
 * @returns the connection
 */
export function openLive(url: string): LiveConnection {
  const stateListeners = new Set<() => void>();
  const changeListeners = new Set<(change: LiveChange) => void>();
  const catchUpListeners = new Set<() => void>();
  let state: LiveState = "connecting";
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = RETRY_FIRST_MS;

  const setState = (next: LiveState): void => {
    if (state === next) return;
    state = next;
    for (const listener of stateListeners) listener();
  };
  const connect = (): void => {
    source = new EventSource(url);
    source.addEventListener("open", () => {
      const isBack = state === "lost";
      waitMs = RETRY_FIRST_MS;
      setState("open");
      if (isBack) for (const listener of catchUpListeners) listener();
    });
    source.addEventListener("change", (event) => {
      const change = JSON.parse((event as MessageEvent<string>).data) as LiveChange;
      for (const listener of changeListeners) listener(change);
    });
    // The browser's own retry gives up on some answers (for example 502 of a proxy), so ours replaces it.
    source.addEventListener("error", () => {
      source?.close();
      setState("lost");
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(waitMs * 2, RETRY_MOST_MS);
    });
  };
  connect();
  return {
    state: () => state,
    onState: (listener) => listen(stateListeners, listener),
    onChange: (listener) => listen(changeListeners, listener),
    onCatchUp: (listener) => listen(catchUpListeners, listener),
    close() {
      clearTimeout(timer);
      source?.close();
    },
  };
}

function listen<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
