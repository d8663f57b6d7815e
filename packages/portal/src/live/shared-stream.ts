import type { LiveNews, LiveStream } from "./stream.js";

/** What a tab asks of the worker that holds the stream: to be told news, or no longer. */
export type TabWish = "join" | "leave";

/** How long the stream stays open without a tab: the next one comes to the front a moment after the last one left it. */
const LINGER_MS = 3000;

/**
 * Holds one stream for all tabs: open while a tab wants news, and let go soon after the last one left. A browser opens six connections to one host over
 * HTTP/1.1, so a stream for each tab would leave none for questions in the sixth.
 *
 * @param open - opens the stream
 * @returns takes the port of a new tab
 */
export function shareStream(open: (tell: (news: LiveNews) => void) => LiveStream): (port: MessagePort) => void {
  const joined = new Set<MessagePort>();
  let stream: LiveStream | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const join = (port: MessagePort): void => {
    clearTimeout(timer);
    joined.add(port);
    // One that broke is tried again at once for a reader who just came back.
    if (stream?.state() === "lost") stream.close();
    if (stream === undefined || stream.state() === "lost") {
      stream = open((news) => {
        for (const tab of joined) tab.postMessage(news);
      });
    }
    port.postMessage({ state: stream.state() } satisfies LiveNews);
  };
  const leave = (port: MessagePort): void => {
    joined.delete(port);
    if (joined.size > 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      stream?.close();
      stream = undefined;
    }, LINGER_MS);
  };
  return (port) => {
    port.addEventListener("message", ({ data }: MessageEvent<TabWish>) => (data === "join" ? join(port) : leave(port)));
    port.start();
  };
}
