import type { LiveChange } from "ava-protocol";
import { joinElected } from "./elected-stream.js";
import type { TabWish } from "./shared-stream.js";
import { type LiveNews, type LiveState, openStream } from "./stream.js";

/** The one live connection of the page. */
export interface LiveConnection {
  state(): LiveState;
  onState(listener: () => void): () => void;
  onChange(listener: (change: LiveChange) => void): () => void;
  /** Listener for "anything may have changed": once the connection is there that was not when the page began to ask, and when the page comes to the front again. */
  onCatchUp(listener: () => void): () => void;
  close(): void;
}

/**
 * Listens to the platform's changes while the page is in front: a tab in the background is told nothing and holds nothing. All tabs share one stream, by a shared
 * worker or, where the browser has none (some phones), by a lock. Where it has neither, which is so of old phones over HTTP, each page in front has its own.
 *
 * @returns the connection
 */
export function openLive(): LiveConnection {
  const stateListeners = new Set<() => void>();
  const changeListeners = new Set<(change: LiveChange) => void>();
  const catchUpListeners = new Set<() => void>();
  let state: LiveState = "connecting";
  let wasAway = false;

  const hear = (news: LiveNews): void => {
    if ("change" in news) {
      for (const listener of changeListeners) listener(news.change);
      return;
    }
    if (news.state !== state) {
      state = news.state;
      for (const listener of stateListeners) listener();
    }
    // While a stream is being opened the page asks already: what changes between its answer and the stream would be missed.
    if (state !== "open") wasAway = true;
    if (state !== "open" || !wasAway) return;
    wasAway = false;
    for (const listener of catchUpListeners) listener();
  };
  const source = typeof SharedWorker === "undefined" ? ownSource(hear) : sharedSource(hear);
  const followVisibility = (): void => {
    if (document.hidden) {
      wasAway = true;
      source.leave();
    } else source.join();
  };
  followVisibility();
  document.addEventListener("visibilitychange", followVisibility);
  return {
    state: () => state,
    onState: (listener) => listen(stateListeners, listener),
    onChange: (listener) => listen(changeListeners, listener),
    onCatchUp: (listener) => listen(catchUpListeners, listener),
    close() {
      document.removeEventListener("visibilitychange", followVisibility);
      source.leave();
    },
  };
}

/** Where news come from: after `join`, until `leave`. */
type Source = Record<TabWish, () => void>;

function sharedSource(hear: (news: LiveNews) => void): Source {
  const worker = new SharedWorker(new URL("./live-worker.ts", import.meta.url), { type: "module", name: "ava-live" });
  const { port } = worker;
  let isJoined = false;
  let own: Source | undefined;
  // A browser that blocks the data of sites has shared workers, and starts none.
  worker.addEventListener("error", () => {
    own ??= ownSource(hear);
    if (isJoined) own.join();
  });
  // What was on its way when the page left is not for it.
  port.addEventListener("message", ({ data }: MessageEvent<LiveNews>) => {
    if (isJoined && own === undefined) hear(data);
  });
  port.start();
  const wish = (text: TabWish): void => {
    isJoined = text === "join";
    if (own === undefined) port.postMessage(text);
    else own[text]();
  };
  return { join: () => wish("join"), leave: () => wish("leave") };
}

function ownSource(hear: (news: LiveNews) => void): Source {
  let close: (() => void) | undefined;
  const leave = (): void => {
    close?.();
    close = undefined;
  };
  return {
    join() {
      leave();
      close = "locks" in navigator ? joinElected((tell) => openStream("/v1/live", tell), hear) : openStream("/v1/live", hear).close;
    },
    leave,
  };
}

function listen<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
