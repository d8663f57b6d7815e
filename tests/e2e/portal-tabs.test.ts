import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, launchOptions, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

/** One more than the connections that a browser opens to one host. */
const TABS = 7;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

/** Chromium without a screen shows all tabs at once: the page is told that it went to the back, or came to the front. */
function setHidden(page: Page, isHidden: boolean): Promise<void> {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

/** @returns how many live streams the platform serves */
async function streams(): Promise<number> {
  const metrics = await (await fetch(`${stage.url}/metrics`)).text();
  return Number(/^ava_live_clients (\d+)$/m.exec(metrics)?.[1]);
}

test.each([true, false])(
  "seven open tabs of one browser all work and are all live, over one stream (shared workers: %s)",
  async (hasWorkers) => {
    const id = `shared-${hasWorkers}`;
    const run = new Run(stage.url, id);
    await run
      .facts()
      .points(0, [["loss", 4]])
      .send();
    const first = await stage.open(`/instances/${id}`);
    if (!hasWorkers) {
      await first.context().addInitScript(() => Reflect.deleteProperty(globalThis, "SharedWorker"));
      await first.reload();
    }
    expect(await first.evaluate(() => "SharedWorker" in globalThis)).toBe(hasWorkers);
    const pages = [first];
    while (pages.length < TABS) pages.push(await stage.openTab(first, `/instances/${id}`));
    for (const page of pages) await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
    await eventually(streams).toBe(1);
    await run.points(1, [["loss", 2]]).send();
    for (const page of pages) expect((await readChart(page, "loss", ({ data }) => data[0]!.length === 2)).data[1]).toEqual([4, 2]);
    // The tab that may hold the stream leaves: another goes on.
    await first.close();
    const others = pages.slice(1);
    await run.points(2, [["loss", 1]]).send();
    for (const page of others) expect((await readChart(page, "loss", ({ data }) => data[0]!.length === 3)).data[1]).toEqual([4, 2, 1]);
    await eventually(streams).toBe(1);
    for (const page of others) await setHidden(page, true);
    await eventually(streams).toBe(0);
    await others[0]!.context().close();
  },
);

test("a browser that blocks the data of sites is live all the same", async () => {
  const profile = mkdtempSync(path.join(tmpdir(), "ava-blocking-"));
  mkdirSync(path.join(profile, "Default"));
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(path.join(profile, "Default/Preferences"), JSON.stringify(blocked));
  const context = await chromium.launchPersistentContext(profile, launchOptions());
  try {
    const page = await context.newPage();
    await page.goto(stage.url);
    const storage = page.evaluate(() => localStorage.length);
    await expect(storage).rejects.toThrow("Access is denied");
    await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
    await new Run(stage.url, "seen-without-data").facts().send();
    await page.getByRole("link", { name: "seen-without-data" }).waitFor();
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});

test("a tab in the background asks for nothing, and catches up when it comes to the front", async () => {
  const run = new Run(stage.url, "behind");
  await run
    .facts()
    .points(0, [["loss", 4]])
    .send();
  const page = await stage.open("/instances/behind");
  const other = await stage.openTab(page, "/instances/behind");
  await readChart(page, "loss");
  await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
  await setHidden(page, true);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await run.points(1, [["loss", 2]]).send();
  await readChart(other, "loss", ({ data }) => data[0]!.length === 2);
  expect(asked).toEqual([]);
  await setHidden(page, false);
  await readChart(page, "loss", ({ data }) => data[0]!.length === 2);
  await page.context().close();
});
