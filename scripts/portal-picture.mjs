// @ts-check
// `node scripts/portal-picture.mjs`: runs the demo and takes the pictures of the READMEs, docs/pictures/portal*.png, from the portal that it shows.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { startNode } from "./child.mjs";
import { root } from "./paths.mjs";

// It takes no flags: others are refused before a picture is replaced.
parseArgs({ options: {} });
const pictures = /** @type {const} */ ([
  { locale: "en-US", colorScheme: "light", file: "portal.png" },
  { locale: "en-US", colorScheme: "dark", file: "portal-dark.png" },
  { locale: "zh-CN", colorScheme: "light", file: "portal.zh-CN.png" },
  { locale: "zh-CN", colorScheme: "dark", file: "portal-dark.zh-CN.png" },
]);
const executablePath = process.env["AVA_BROWSER"] ?? "/usr/bin/chromium";

const folder = mkdtempSync(path.join(tmpdir(), "ava-picture-"));
const demo = startNode("scripts/demo.mjs", ["--data", path.join(folder, "data"), "--workspace", path.join(folder, "workspace")]);
try {
  const url = await trainedInstance();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    mkdirSync(path.join(root, "docs/pictures"), { recursive: true });
    for (const { locale, colorScheme, file } of pictures) {
      const page = await browser.newPage({ viewport: { width: 1120, height: 600 }, locale, timezoneId: "UTC", colorScheme });
      await page.goto(url);
      await page.waitForFunction(hasDrawnTwo);
      await page.screenshot({ path: path.join(root, "docs/pictures", file) });
    }
  } finally {
    await browser.close();
  }
} finally {
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Runs in the page. @returns whether the first two charts show their points */
function hasDrawnTwo() {
  const plots = /** @type {{ avaPlot?: { data: ArrayLike<number>[] } }[]} */ ([...document.querySelectorAll("[data-plot]")]).slice(0, 2);
  return plots.length === 2 && plots.every(({ avaPlot }) => (avaPlot?.data[0]?.length ?? 0) > 100);
}

/** @returns {Promise<string>} address of the demo's instance, once its training has ended */
async function trainedInstance() {
  let url;
  for await (const line of createInterface({ input: demo.stdout })) {
    url ??= /^Portal: (\S+)/.exec(line)?.[1];
    if (url !== undefined && line.startsWith("The portal stays up")) return url;
  }
  throw new Error("The demo ended before its training did.");
}
