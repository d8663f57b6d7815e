import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { shareStream, type TabWish } from "./shared-stream.js";
import type { LiveNews, LiveState } from "./stream.js";

/** Tabs and the streams that were opened for them. */
function harness(): {
  streams: { tell: (news: LiveNews) => void; state: LiveState; isClosed: boolean }[];
  newTab: () => { heard: LiveNews[]; wish: (wish: TabWish) => void };
} {
  const streams: ReturnType<typeof harness>["streams"] = [];
  const welcome = shareStream((tell) => {
    const stream = { tell, state: "connecting" as LiveState, isClosed: false };
    streams.push(stream);
    return { state: () => stream.state, close: () => (stream.isClosed = true) };
  });
  return {
    streams,
    newTab() {
      const heard: LiveNews[] = [];
      const port = new EventTarget();
      welcome(Object.assign(port, { start: () => {}, postMessage: (news: LiveNews) => heard.push(news) }) as unknown as MessagePort);
      return { heard, wish: (data) => port.dispatchEvent(new MessageEvent("message", { data })) };
    },
  };
}

const change: LiveNews = { change: { instance: "one", training: "demo" } };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("many tabs share one stream and each hears its state and what follows", () => {
  const { streams, newTab } = harness();
  const tabs = Array.from({ length: 7 }, newTab);
  for (const tab of tabs) tab.wish("join");
  expect(streams).toHaveLength(1);
  streams[0]!.tell(change);
  for (const { heard } of tabs) expect(heard).toEqual([{ state: "connecting" }, change]);
});

test("a hidden tab hears nothing; the stream is let go soon after the last one left, and opened again for the next", () => {
  const { streams, newTab } = harness();
  const [first, second] = [newTab(), newTab()];
  first.wish("join");
  second.wish("join");
  first.wish("leave");
  streams[0]!.tell(change);
  expect(first.heard).not.toContain(change);
  second.wish("leave");
  vi.advanceTimersByTime(1000);
  first.wish("join");
  vi.advanceTimersByTime(60_000);
  expect(streams.map(({ isClosed }) => isClosed)).toEqual([false]);
  first.wish("leave");
  vi.advanceTimersByTime(60_000);
  expect(streams.map(({ isClosed }) => isClosed)).toEqual([true]);
  second.wish("join");
  expect(streams).toHaveLength(2);
});

test("a tab that comes back to a broken stream does not wait for its next attempt", () => {
  const { streams, newTab } = harness();
  newTab().wish("join");
  streams[0]!.state = "lost";
  newTab().wish("join");
  expect(streams.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});
