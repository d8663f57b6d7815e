import type { LiveNews, LiveStream } from "./stream.js";

/** Name of the lock that the tab with the stream holds, and of the channel on which it passes the news on. */
const NAME = "ava-live";

/** A tab that has just joined asks for the state of the stream. */
type TabWord = LiveNews | "state?";

/**
 * Shares one stream between tabs where the browser has no shared workers: the tab that holds a lock opens it and passes the news on; when it leaves, another takes
 * its place, and all are told that they may have missed something.
 *
 * @param open - opens the stream
 * @param hear - told the news
 * @returns leaves again
 */
export function joinElected(open: (tell: (news: LiveNews) => void) => LiveStream, hear: (news: LiveNews) => void): () => void {
  const channel = new BroadcastChannel(NAME);
  const leaving = new AbortController();
  let stream: LiveStream | undefined;
  const tell = (news: LiveNews): void => {
    hear(news);
    channel.postMessage(news satisfies TabWord);
  };
  channel.addEventListener("message", ({ data }: MessageEvent<TabWord>) => {
    if (data !== "state?") hear(data);
    else if (stream !== undefined) channel.postMessage({ state: stream.state() } satisfies TabWord);
  });
  channel.postMessage("state?" satisfies TabWord);
  const lead = (): Promise<void> =>
    new Promise((free) => {
      stream = open(tell);
      leaving.signal.addEventListener("abort", () => {
        stream?.close();
        channel.postMessage({ state: "lost" } satisfies TabWord);
        free();
      });
    });
  navigator.locks.request(NAME, { signal: leaving.signal }, lead).catch(() => {
    // Given up before the lock was free: nothing to undo.
    if (leaving.signal.aborted) return;
    // A browser that blocks the data of sites refuses locks: this tab has a stream of its own.
    channel.close();
    stream = open(hear);
    leaving.signal.addEventListener("abort", () => stream?.close());
  });
  return () => {
    leaving.abort();
    channel.close();
  };
}
