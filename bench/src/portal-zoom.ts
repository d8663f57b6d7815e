import { existsSync } from "node:fs";
import { startPlatform } from "ava-platform";
import { chromium, type Page } from "playwright-core";
import { tenMillion } from "./chart.js";
import type { Trial, TrialResult } from "./trial.js";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Where drags begin and end, as parts of the chart: each is a tenth of it. */
const DRAGS = [0.05, 0.21, 0.37, 0.52, 0.68, 0.83];
const SHARP_MS = 100;
/** A zoom that takes longer has failed. */
const LONGEST_MS = 10_000;

/** A drag over a chart of ten million points in Chromium: from the release of the button until the chart is drawn from points of that stretch alone. */
export const portalZoom: Trial = {
  name: "portal-zoom",
  async run(): Promise<TrialResult> {
    const { folder, points } = await tenMillion();
    const executablePath = process.env["AVA_BROWSER"] ?? BROWSERS.find((path) => existsSync(path));
    if (executablePath === undefined) throw new Error("This trial needs Chromium: install it, or name it in AVA_BROWSER.");
    const platform = await startPlatform({ port: 0, dataDir: folder });
    const browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const first: number[] = [];
      const second: number[] = [];
      await page.goto(`${platform.url}/instances/bench?q=^loss$`);
      for (const at of DRAGS) {
        await page.locator('[data-chart="loss"] canvas').waitFor();
        first.push(await drag(page, at));
        second.push(await drag(page, 0.4));
        await page.getByRole("button", { name: "Reset zoom" }).click();
      }
      const sharp = median(first);
      const deeper = median(second);
      return {
        figures: [
          { label: "points", value: points / 1e6, unit: "M" },
          { label: "zoom to a tenth, until it is sharp", value: sharp, unit: "ms" },
          { label: "zoom to a tenth of that", value: deeper, unit: "ms" },
        ],
        ratios: [
          { label: "100 ms / zoom", value: SHARP_MS / sharp, goal: 1 },
          { label: "100 ms / deeper zoom", value: SHARP_MS / deeper, goal: 1 },
        ],
      };
    } finally {
      await browser.close();
      await platform.close();
    }
  },
};

/** @returns milliseconds from the release of the button until the chart is sharp */
async function drag(page: Page, at: number): Promise<number> {
  const box = (await page.locator('[data-chart="loss"] .u-over').boundingBox())!;
  await page.mouse.move(box.x + box.width * at, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * (at + 0.1), box.y + 60, { steps: 4 });
  await page.evaluate(WATCH_RELEASE);
  await page.mouse.up();
  return page.evaluate("globalThis.sharp");
}

/**
 * Runs in the page: `sharp` becomes how long it takes from the release of the button. Of what was there before, a tenth of the buckets lies in the new
 * stretch, so more than half a bucket a pixel are finer ones.
 */
const WATCH_RELEASE = `(() => {
  const plot = document.querySelector('[data-chart="loss"] [data-plot]').avaPlot;
  const length = plot.scales.x.max - plot.scales.x.min;
  globalThis.sharp = new Promise((resolve, reject) => {
    document.addEventListener("mouseup", () => {
      const releasedMs = performance.now();
      const look = () => {
        const { min, max } = plot.scales.x;
        const shown = Array.from(plot.data[0]).filter((x) => x >= min && x <= max).length;
        const tookMs = performance.now() - releasedMs;
        if (max - min < length / 5 && shown > plot.width / 2) resolve(tookMs);
        else if (tookMs > ${LONGEST_MS}) reject(new Error("not sharp: " + shown + " points of " + min + " to " + max));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, { once: true, capture: true });
  });
})()`;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
