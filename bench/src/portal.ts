import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, startPlatform } from "ava-platform";
import { encodeBatchHead, RecordEncoder } from "ava-protocol";
import { chromium, type Page } from "playwright-core";
import { costOf } from "./peers/page-cost.js";
import type { Trial, TrialResult } from "./trial.js";

const INSTANCES = 10_000;
const SERIES = 300;
const STREAMED = 100;
/** Points of each streamed series in a second. */
const RATE = 10;
const STREAM_MS = 8000;

/** The portal in Chromium: a list by a metric, a page of many series, and frames a second while points stream in. */
export const portal: Trial = {
  name: "portal",
  async run(): Promise<TrialResult> {
    const dataDir = mkdtempSync(join(tmpdir(), "ava-bench-"));
    await fill(dataDir);
    const platform = await startPlatform({ port: 0, dataDir });
    const executablePath = process.env["AVA_BROWSER"] ?? "/usr/bin/chromium";
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const listMs = await medianOf(9, async () => (await fetch(`${platform.url}/v1/instances?sort=last:loss&limit=100`)).text());
      const list = await costOf(browser, `${platform.url}/?sort=last:loss`);
      const many = await costOf(browser, `${platform.url}/instances/many`);
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${platform.url}/instances/streamed`);
      await page.locator("canvas").first().waitFor();
      const still = await streamed(platform.url, page, false, 0);
      const scrolling = await streamed(platform.url, page, true, STREAM_MS);
      return {
        figures: [
          { label: "list of 10,000 by a metric, server", value: listMs, unit: "ms" },
          { label: "page of that list is quiet after", value: list.quietAfterMs, unit: "ms" },
          { label: "page of 300 series is quiet after", value: many.quietAfterMs, unit: "ms" },
          { label: "its bytes on the wire", value: many.bytes / 1000, unit: "kB" },
          { label: "its JavaScript heap", value: many.heapBytes / 1e6, unit: "MB" },
          { label: "100 series x 10 points/s streaming", value: still, unit: "frames/s" },
          { label: "the same, scrolling", value: scrolling, unit: "frames/s" },
        ],
        ratios: [
          { label: "50 ms / list of 10,000 by a metric", value: 50 / listMs, goal: 1 },
          { label: "frames / 55, streaming", value: still / 55, goal: 1 },
          { label: "frames / 55, streaming and scrolling", value: scrolling / 55, goal: 1 },
        ],
      };
    } finally {
      await browser.close();
      await platform.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};

async function fill(dataDir: string): Promise<void> {
  const store = openStore({ dataDir });
  for (let i = 0; i < INSTANCES; i++) {
    const startTime = new Date(1_700_000_000_000 + i * 60_000).toISOString();
    await store.putFacts(`run-${i}`, { training: "sweep", startTime, state: "done", params: { lr: i / INSTANCES } });
    await store.takeLines(`run-${i}`, Buffer.from(`loss,batch=1 value=${i % 1000} 1700000000000000000`));
  }
  const names = Array.from({ length: SERIES }, (_, i) => `layer${i % 20}/metric${i}`);
  await store.takeRecords("many", bodyOf("writer-many", names, 0, 200, 0));
  await store.takeRecords("streamed", bodyOf("writer-streamed", names.slice(0, STREAMED), 0, 200, 0));
  await store.close();
}

/** Definitions and points of some steps, numbered as one writer does. */
function bodyOf(writer: string, names: readonly string[], first: number, steps: number, prevSeq: number): Uint8Array {
  const records = new RecordEncoder();
  names.forEach((name, id) => records.write(id + 1, { type: "series", id, name, labels: {} }));
  const ids = names.map((_, id) => id);
  const start = Math.max(prevSeq, names.length);
  for (let step = first; step < first + steps; step++) {
    const values = ids.map((id) => Math.exp(-step / 300) + Math.sin(step + id) / 20);
    records.writePoints(start + 1 + step - first, step, 0, BigInt(1_700_000_000_000 + step * 100) * 1_000_000n, ids, values, ids.length);
  }
  return Buffer.concat([encodeBatchHead({ writer, training: "bench", prevSeq }), records.bytes()]);
}

/** @returns frames a second of the page while points come in */
async function streamed(url: string, page: Page, isScrolling: boolean, fromMs: number): Promise<number> {
  const names = Array.from({ length: STREAMED }, (_, i) => `layer${i % 20}/metric${i}`);
  const frames = page.evaluate(
    ([lengthMs, scrolls]) =>
      new Promise<number>((resolve) => {
        // Of the browser: Node knows neither.
        const window = globalThis as unknown as {
          requestAnimationFrame: (next: () => void) => void;
          scrollBy: (x: number, y: number) => void;
        };
        let count = 0;
        const started = performance.now();
        const next = (): void => {
          count++;
          if (scrolls === true) window.scrollBy(0, count % 200 < 100 ? 12 : -12);
          const passed = performance.now() - started;
          if (passed < Number(lengthMs)) window.requestAnimationFrame(next);
          else resolve((count * 1000) / passed);
        };
        window.requestAnimationFrame(next);
      }),
    [STREAM_MS, isScrolling] as const,
  );
  const periodMs = 1000 / RATE;
  for (let sent = 0; sent < STREAM_MS / periodMs; sent++) {
    const step = 200 + fromMs / periodMs + sent;
    const body = bodyOf("writer-streamed", names, step, 1, STREAMED + step);
    const headers = { "content-type": "application/x-ava-records" };
    await fetch(`${url}/v1/instances/streamed/records`, { method: "POST", headers, body });
    await page.waitForTimeout(periodMs);
  }
  return frames;
}

async function medianOf(times: number, ask: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) {
    const asked = performance.now();
    await ask();
    all.push(performance.now() - asked);
  }
  return all.sort((a, b) => a - b)[Math.floor(times / 2)]!;
}
