import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { isReplicated, openPlatform, type StageOptions } from "./stage-platform.js";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const PORTAL = new URL("../../packages/platform/portal/index.html", import.meta.url);

/** A platform with an empty store and a browser beside it. */
export interface Stage {
  url: string;
  /** Opens a page and listens for console errors, broken scripts, failed requests and requests to anywhere else. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Opens one more tab beside a page, in the same browser profile. */
  openTab(beside: Page, path: string): Promise<Page>;
  /** Fails when anything went wrong in the pages since the last call, but for faults that the test provoked. */
  assertNoFaults(provoked?: RegExp): void;
  /** Ends the platform, and starts it again at the same address once `during` is done. */
  restart(during: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** @returns which browser is started, and how */
export function launchOptions(): { executablePath: string; args: string[] } {
  const executablePath = process.env["AVA_BROWSER"] ?? BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      `These tests need Chromium. Install it (apt-get install chromium) or name it in AVA_BROWSER. Looked for ${BROWSERS.join(", ")}.`,
    );
  }
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  args.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
  return { executablePath, args };
}

/**
 * Starts a platform and a browser.
 *
 * @param options - of the platform
 * @returns both
 */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const launch = launchOptions();
  if (!existsSync(PORTAL)) throw new Error("The portal is not built. Run: npm run build --workspace packages/portal");
  const platform = await openPlatform(options);
  const { url } = platform;
  let browser: Browser;
  try {
    browser = await chromium.launch(launch);
  } catch (error) {
    await platform.remove();
    throw error;
  }
  const faults: string[] = [];
  const openIn = async (context: BrowserContext, path: string): Promise<Page> => {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
    // A page that asks for another stretch gives up its question for the old one: that is not a fault.
    page.on("requestfailed", (request) => {
      if (request.failure()?.errorText !== "net::ERR_ABORTED") faults.push(`request: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== url) faults.push(`foreign request: ${request.url()}`);
    });
    await page.goto(url + path);
    return page;
  };
  return {
    url,
    async restart(during) {
      await platform.stop();
      await during();
      await platform.start();
    },
    assertNoFaults(provoked) {
      // A balancer that reaches no replica answers where the connection would have been refused.
      const isProvoked = (fault: string): boolean =>
        provoked !== undefined && (provoked.test(fault) || (isReplicated && / 502 /.test(fault)));
      const found = faults.splice(0).filter((fault) => !isProvoked(fault));
      if (found.length > 0) throw new Error(`The pages had faults:\n${found.slice(0, 20).join("\n")}`);
    },
    async open(path, contextOptions = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        locale: "en-US",
        timezoneId: "UTC",
        ...contextOptions,
      });
      return openIn(context, path);
    },
    openTab: (beside, path) => openIn(beside.context(), path),
    async close() {
      await browser.close();
      await platform.remove();
    },
  };
}

/** Longest wait for a page to become as expected, in milliseconds: a live change is gathered for seconds, and machines are busy. */
const WAIT_MS = 20_000;

/**
 * Expects something of what a page becomes in a while.
 *
 * @param read - reads the page
 * @returns the expectation, to be awaited
 */
export function eventually<Value>(read: () => Promise<Value>): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(read, { timeout: WAIT_MS });
}

/**
 * Waits for a question that gets no answer, or one of a balancer that reaches no replica.
 *
 * @param page - that asks
 * @param part - of the address
 */
export async function unanswered(page: Page, part: string): Promise<void> {
  await Promise.race([
    page.waitForEvent("requestfailed", (request) => request.url().includes(part)),
    page.waitForResponse((answer) => answer.url().includes(part) && answer.status() === 502),
  ]);
}

/** What a chart draws, read from its uPlot. */
export interface Drawn {
  keys: string[];
  /** Columns; NaN never occurs, gaps are null, places of other lines undefined, which reads as null here. */
  data: (number | null)[][];
  x: [min: number, max: number];
  y: [min: number, max: number];
  isLog: boolean;
  /** Canvas pixels in the colour of each line. */
  pixels: number[];
  /** The same in the upper half of the chart. */
  upperPixels: number[];
  /** Canvas pixels in the colour of alarms. */
  alarmPixels: number;
}

/**
 * Waits for a chart to be drawn and reads it.
 *
 * @param page - with the chart
 * @param base - name of the metric
 * @param isExpected - waits on until what is drawn is as expected
 * @returns what it draws
 */
export async function readChart(page: Page, base: string, isExpected: (drawn: Drawn) => boolean = () => true): Promise<Drawn> {
  const selector = `[data-chart=${JSON.stringify(base)}]`;
  await page.locator(selector).scrollIntoViewIfNeeded();
  await page.locator(`${selector} canvas`).waitFor();
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const drawn = await page.evaluate(drawnBy, selector);
    if (drawn !== undefined && isExpected(drawn)) return drawn;
    if (Date.now() > deadline)
      throw new Error(
        `The chart of ${base} did not become as expected: ${JSON.stringify({ ...drawn, data: undefined })} ${JSON.stringify(drawn?.data).slice(0, 1000)}`,
      );
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

/** Runs in the page. */
function drawnBy(selector: string): Drawn | undefined {
  interface Plot {
    data: ArrayLike<number | null>[];
    series: { label: string; stroke: () => string }[];
    scales: Record<string, { min: number; max: number; distr: number }>;
    ctx: CanvasRenderingContext2D;
  }
  const plot = (document.querySelector(`${selector} [data-plot]`) as unknown as { avaPlot?: Plot } | null)?.avaPlot;
  if (plot === undefined) return undefined;
  const { width, height } = plot.ctx.canvas;
  // A copy: reading the chart's own canvas would move it out of the graphics processor, and the browser warns of that.
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  copy.drawImage(plot.ctx.canvas, 0, 0);
  const image = copy.getImageData(0, 0, width, height).data;
  const count = (color: string, rows = height): number => {
    const [red, green, blue] = color.match(/[\d.]+/g)!.map(Number) as [number, number, number];
    let pixels = 0;
    for (let i = 0; i < rows * width * 4; i += 4) {
      const distance = Math.abs(image[i]! - red) + Math.abs(image[i + 1]! - green) + Math.abs(image[i + 2]! - blue);
      if (distance < 24 && image[i + 3]! > 160) pixels += 1;
    }
    return pixels;
  };
  const probe = document.createElement("span");
  probe.style.color = "var(--bad)";
  document.body.append(probe);
  const alarm = getComputedStyle(probe).color;
  probe.remove();
  const lines = plot.series.slice(1);
  return {
    keys: lines.map((line) => line.label),
    data: Array.from(plot.data, (column) => Array.from(column, (value) => value ?? null)),
    x: [plot.scales["x"]!.min, plot.scales["x"]!.max],
    y: [plot.scales["y"]!.min, plot.scales["y"]!.max],
    isLog: plot.scales["y"]!.distr === 3,
    pixels: lines.map((line) => count(line.stroke())),
    upperPixels: lines.map((line) => count(line.stroke(), height / 2)),
    alarmPixels: count(alarm),
  };
}

/**
 * @param page - any page
 * @returns how far the page can be scrolled sideways, in pixels
 */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
