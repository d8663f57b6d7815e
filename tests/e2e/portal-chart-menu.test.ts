import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  const run = new Run(stage.url, "spiky").facts();
  for (let step = 0; step < 5000; step++) run.points(step, [["loss", step === 637 ? 25 : 1 + (step % 7) / 10]]);
  for (let step = 0; step < 50; step++) run.points(step, [["val/acc, top 5", step / 100]]);
  run.points(0, [["gpu/load", 1]]);
  await run.send();
  await new Run(stage.url, "next")
    .facts()
    .points(0, [["loss", 1]])
    .points(0, [["val/acc, top 5", 2]])
    .send();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

async function open(): Promise<Page> {
  const page = await stage.open("/instances/spiky");
  await readChart(page, "loss", ({ data }) => data.length === 2);
  return page;
}

const menuOf = (page: Page, base: string): ReturnType<Page["locator"]> => page.locator(`[data-chart="${base}"]`);

test("outliers are offered to be hidden where there are any, with their number, value and step; the URL keeps it", async () => {
  const page = await open();
  const note = page.getByRole("button", { name: "Hide 1 outlier: 25 at step 637" });
  await note.click();
  const cut = await readChart(page, "loss", ({ y }) => y[1] < 2);
  expect(cut.pixels[0]).toBeGreaterThan(100);
  expect(await page.locator('[data-chart="acc, top 5"] .note-button').count()).toBe(0);
  await page.reload();
  await readChart(page, "loss", ({ y }) => y[1] < 2);
  await page.getByRole("button", { name: "Show 1 hidden outlier: 25 at step 637" }).click();
  await readChart(page, "loss", ({ y }) => y[1] > 25);
  await page.context().close();
});

test("the y range is set by hand, a wrong one is told, and it becomes automatic again", async () => {
  const page = await open();
  const chart = menuOf(page, "loss");
  await chart.getByLabel("More for loss").click();
  const [min, max] = [chart.getByLabel("Least value of the y axis"), chart.getByLabel("Greatest value of the y axis")];
  await min.fill("3");
  await max.fill("-1");
  await chart.getByText("The first number must be below the second.").waitFor();
  await min.fill("-2");
  await chart.getByRole("button", { name: "Set" }).click();
  await readChart(page, "loss", ({ y }) => y[0] === -2 && y[1] === -1);
  await page.reload();
  await readChart(page, "loss", ({ y }) => y[0] === -2);
  await chart.getByLabel("More for loss").click();
  await chart.getByRole("button", { name: "Automatic" }).click();
  await readChart(page, "loss", ({ y }) => y[1] > 25);
  await page.keyboard.press("Escape");
  await eventually(() => chart.getByRole("button", { name: "Full screen" }).isVisible()).toBe(false);
  await page.context().close();
});

test("a chart is saved as CSV, SVG and PNG with what it shows", async () => {
  const page = await open();
  const save = async (base: string, format: string): Promise<Buffer> => {
    const chart = menuOf(page, base);
    if (!(await chart.getByRole("button", { name: format }).isVisible())) await chart.getByLabel(`More for ${base}`).click();
    const [download] = await Promise.all([page.waitForEvent("download"), chart.getByRole("button", { name: format }).click()]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^[\\w-]+\\.${format.toLowerCase()}$`));
    return readFileSync(await download.path());
  };
  await readChart(page, "acc, top 5", ({ data }) => data[0]!.length === 50);
  const rows = (await save("acc, top 5", "CSV")).toString().split("\r\n");
  expect(rows.slice(0, 3)).toEqual(['Step,"val/acc, top 5"', "0,0", "1,0.01"]);
  expect(rows).toHaveLength(52);
  const spiky = (await save("loss", "CSV")).toString().split("\r\n");
  expect(spiky[0]).toBe("Step,loss,loss min,loss max,loss mean,loss points");
  expect(spiky.some((row) => row.split(",")[3] === "25")).toBe(true);
  const svg = (await save("loss", "SVG")).toString();
  expect(svg).toMatch(/^<svg [^>]*xmlns[^]*<text[^>]*>loss<\/text>[^]*<\/svg>\n$/);
  const loaded = await page.evaluate((text) => new DOMParser().parseFromString(text, "image/svg+xml").querySelectorAll("path").length, svg);
  expect(loaded).toBeGreaterThan(5);
  const png = await save("loss", "PNG");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.length).toBeGreaterThan(3000);
  await page.context().close();
});

test("pinned charts come first, in other runs of the training too; folds and pins are remembered", async () => {
  const page = await open();
  await menuOf(page, "acc, top 5").getByRole("button", { name: "Pin to the top" }).click();
  const order = (): Promise<string[]> => page.locator("[data-chart] h3").allTextContents();
  await eventually(order).toEqual(["acc, top 5", "loss", "gpu/load"]);
  await page.locator('[data-section="gpu"] .fold').click();
  await page.goto(`${stage.url}/instances/next`);
  await eventually(order).toEqual(["acc, top 5", "loss"]);
  await page.goto(`${stage.url}/instances/spiky`);
  await eventually(order).toEqual(["acc, top 5", "loss"]);
  await page.getByRole("button", { name: "Unpin" }).click();
  await eventually(() => page.locator('[data-section="/pinned"]').count()).toBe(0);
  await page.context().close();
});

test("charts have three sizes, and one can have the whole screen", async () => {
  const page = await open();
  const heightOf = (): Promise<number> => page.locator('[data-chart="loss"] [data-plot]').evaluate((plot) => plot.clientHeight);
  const medium = await heightOf();
  await page.getByRole("button", { name: "Large charts" }).click();
  await eventually(heightOf).toBeGreaterThan(medium);
  expect(page.url()).toContain("size=large");
  await page.getByRole("button", { name: "Small charts" }).click();
  await eventually(heightOf).toBeLessThan(medium);
  const chart = menuOf(page, "loss");
  await chart.getByLabel("More for loss").click();
  await chart.getByRole("button", { name: "Full screen" }).click();
  await eventually(heightOf).toBeGreaterThan(500);
  const leave = chart.getByRole("button", { name: "Leave full screen" });
  await eventually(() => leave.isVisible()).toBe(false);
  await chart.getByLabel("More for loss").click();
  await leave.click();
  await eventually(heightOf).toBeLessThan(medium);
  await page.context().close();
});
