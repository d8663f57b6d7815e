import type { Browser } from "playwright-core";

/** What a page costs until it is quiet. */
export interface PageCost {
  /** Received, as it came over the wire. */
  bytes: number;
  requests: number;
  /** From the navigation to the last answer or long task before the quiet. */
  quietAfterMs: number;
  /** Of JavaScript, after a collection. */
  heapBytes: number;
}

/** A page is quiet when nothing is asked any more, and no answer came and no task of more than 50 ms ran for this long. */
const QUIET_MS = 1500;
/** A page that is never quiet is measured up to here. */
const MOST_MS = 30_000;

/**
 * Opens a page in a profile of its own, with an empty cache.
 *
 * @param browser - running
 * @param url - of the page
 * @param picture - file to which it is drawn in the end
 * @returns what it costs
 */
export async function costOf(browser: Browser, url: string, picture?: string): Promise<PageCost> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    let [bytes, requests, lastMs] = [0, 0, performance.now()];
    await devtools.send("Network.enable");
    const pending = new Set<string>();
    devtools.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
      requests++;
      // A live stream never ends, and of the script of a shared worker the page is not told that it has come.
      if (type !== "EventSource" && type !== "WebSocket" && !/worker/.test(request.url)) pending.add(requestId);
    });
    const end = ({ requestId }: { requestId: string }): void => {
      pending.delete(requestId);
      lastMs = performance.now();
    };
    devtools.on("Network.dataReceived", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      lastMs = performance.now();
    });
    devtools.on("Network.loadingFinished", end);
    devtools.on("Network.loadingFailed", end);
    await page.exposeFunction("tellLongTask", () => (lastMs = performance.now()));
    await page.addInitScript(() => {
      // The observer is the browser's: Node knows no long tasks.
      const { tellLongTask } = globalThis as unknown as { tellLongTask: () => void };
      new PerformanceObserver(() => tellLongTask()).observe({ type: "longtask" } as never);
    });
    const startedMs = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    while ((pending.size > 0 || performance.now() - lastMs < QUIET_MS) && performance.now() - startedMs < MOST_MS) {
      await page.waitForTimeout(50);
      // Waits for a task that is running.
      await page.evaluate("0");
    }
    const quietAfterMs = lastMs - startedMs;
    if (picture !== undefined) await page.screenshot({ path: picture });
    await devtools.send("HeapProfiler.collectGarbage");
    await devtools.send("Performance.enable");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const heapBytes = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN;
    return { bytes, requests, quietAfterMs, heapBytes };
  } finally {
    await context.close();
  }
}
