import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;
const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const RANKS = 12;

beforeAll(async () => {
  stage = await openStage();
  const run = new Run(stage.url, "told", "digits", START_MS).facts();
  for (let step = 0; step < 40; step++) {
    run.points(step, [["loss", step / 3]], Math.floor(step / 10));
    run.log(`step ${step} loss=${step / 3}\n`, START_MS + step * 1000);
  }
  for (let rank = 0; rank < RANKS; rank++) {
    for (let step = 0; step < 50; step++) run.points(step, [["speed", rank + step, { rank: String(rank) }]]);
  }
  await run.send();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

/** Moves the pointer onto a step of the chart of the loss. */
async function point(page: Page, step: number): Promise<{ x: number; y: number }> {
  await readChart(page, "loss", ({ data }) => data.length === 2);
  const box = (await page.locator('[data-chart="loss"] .u-over').boundingBox())!;
  const place = { x: box.x + (box.width * step) / 39, y: box.y + 40 };
  await page.mouse.move(place.x, place.y);
  return place;
}

test("the cursor tells value, step, epoch and time of a point", async () => {
  const page = await stage.open("/instances/told");
  await point(page, 25);
  const tip = page.locator('[data-chart="loss"] [data-tip]');
  await eventually(() => tip.locator(".tip-note").first().textContent()).toBe("Epoch 2 · Jan 2, 2026, 03:04:30 UTC");
  expect(await tip.locator(".tip-place").textContent()).toBe("Step 25");
  expect(await tip.locator(".tip-line").first().textContent()).toBe(`loss${25 / 3}`);
  await page.goto(`${stage.url}/instances/told?x=time`);
  await point(page, 10);
  await eventually(() => tip.locator(".tip-note").first().textContent()).toBe("Step 10 · Epoch 1");
  await page.context().close();
});

test("a click on a point leads to its line in the log, and that line back to the charts, where its moment is marked", async () => {
  const page = await stage.open("/instances/told");
  const { x, y } = await point(page, 25);
  await page.mouse.click(x, y);
  const card = page.getByRole("dialog", { name: "Points under the cursor" });
  await eventually(() => card.locator(".point-value").textContent()).toBe(String(25 / 3));
  await card.getByRole("link", { name: "Show in the log" }).click();
  const line = page.locator(".log-line[aria-current]");
  await eventually(() => line.textContent()).toBe(`step 25 loss=${25 / 3}`);
  await page.getByText("Line 26", { exact: true }).waitFor();
  await page.getByText("step 28 ").click();
  await eventually(() => line.textContent()).toBe(`step 28 loss=${28 / 3}`);
  await page.getByRole("button", { name: "Show in the charts" }).click();
  await readChart(page, "loss");
  const markOf = (): Promise<string | null> => page.locator('[data-chart="loss"] [data-plot]').getAttribute("data-mark");
  expect(new URL(page.url()).searchParams.get("mark")).toBe(String(START_MS + 28_000));
  await eventually(markOf).toBe("28");
  await page.getByRole("button", { name: "Remove the mark" }).click();
  await eventually(markOf).toBeNull();
  await page.context().close();
});

test("the card of points opens and closes by keyboard", async () => {
  const page = await stage.open("/instances/told");
  await readChart(page, "loss", ({ data }) => data.length === 2);
  await page.locator('[data-chart="loss"] [data-plot]').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const card = page.getByRole("dialog", { name: "Points under the cursor" });
  await eventually(() => card.locator(".point-value").textContent()).toBe(String(2 / 3));
  await page.keyboard.press("Escape");
  await eventually(() => card.count()).toBe(0);
  await page.context().close();
});

test("many ranks are their mean with a band from the least to the greatest, and lines when asked; the URL keeps it", async () => {
  const page = await stage.open("/instances/told");
  const band = await readChart(page, "speed", ({ data }) => data.length === 2);
  expect(band.data[1]).toEqual(Array.from({ length: 50 }, (_, step) => step + (RANKS - 1) / 2));
  expect(band.y[1]).toBeGreaterThan(49 + RANKS - 1);
  const chart = page.locator('[data-chart="speed"]');
  expect(await chart.locator(".legend-name").allTextContents()).toEqual([`speed: mean of ${RANKS}, least to greatest`]);
  await chart.getByRole("button", { name: `Show ${RANKS} lines` }).click();
  await readChart(page, "speed", ({ keys }) => keys.length === RANKS);
  await page.reload();
  await readChart(page, "speed", ({ keys }) => keys.length === RANKS);
  await chart.getByRole("button", { name: "Show as a band" }).click();
  await readChart(page, "speed", ({ keys }) => keys.length === 1);
  await page.context().close();
});
