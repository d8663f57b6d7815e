import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type LiveNews, openStream } from "./stream.js";

const sources: (EventTarget & { isClosed: boolean })[] = [];

class Source extends EventTarget {
  isClosed = false;

  constructor() {
    super();
    sources.push(this);
  }

  close(): void {
    this.isClosed = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Source);
  sources.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a stream that falls silent after signs of life is given up and opened again; one that goes on is kept", () => {
  const told: LiveNews[] = [];
  const stream = openStream("/v1/live", (news) => told.push(news));
  const [first] = sources;
  first!.dispatchEvent(new Event("open"));
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(15_000);
    first!.dispatchEvent(new Event("alive"));
  }
  expect([stream.state(), sources.length]).toEqual(["open", 1]);
  vi.advanceTimersByTime(60_000);
  expect([stream.state(), first!.isClosed]).toEqual(["lost", true]);
  expect(sources).toHaveLength(2);
  sources[1]!.dispatchEvent(new Event("open"));
  expect(told).toEqual([{ state: "open" }, { state: "lost" }, { state: "open" }]);
  stream.close();
});

test("a stream of an older platform, which gives no signs of life, is kept", () => {
  const stream = openStream("/v1/live", () => undefined);
  sources[0]!.dispatchEvent(new Event("open"));
  vi.advanceTimersByTime(3_600_000);
  expect([stream.state(), sources.length]).toEqual(["open", 1]);
  stream.close();
});
