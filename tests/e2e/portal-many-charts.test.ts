import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

async function feedWide(run: Run): Promise<void> {
  run.facts();
  for (let step = 0; step < 20; step++) {
    run.points(
      step,
      Array.from({ length: 240 }, (_, layer) => [`layer${String(layer).padStart(3, "0")}/norm`, layer + step] as const),
    );
  }
  await run.send();
}

test("series of one name with and without labels are told apart", async () => {
  const run = new Run(stage.url, "both");
  await run
    .facts()
    .points(0, [
      ["loss", 1],
      ["loss", 2, { rank: "0" }],
    ])
    .send();
  const page = await stage.open("/instances/both");
  const chart = await readChart(page, "loss", ({ keys }) => keys.length === 2);
  expect(chart.data).toEqual([[0], [1], [2]]);
  await page.context().close();
});

test("240 charts are a short page: numbered folders share a heading, the rest comes when it is asked for or searched", async () => {
  await feedWide(new Run(stage.url, "wide"));
  const page = await stage.open("/instances/wide");
  await readChart(page, "layer000/norm", ({ data }) => data.length === 2);
  expect(await page.locator("[data-section]").count()).toBe(1);
  expect(await page.locator("[data-chart]").count()).toBe(24);
  expect(await page.locator("canvas").count()).toBeLessThan(24);
  await page.getByRole("button", { name: "Show 72 more charts" }).click();
  await eventually(() => page.locator("[data-chart]").count()).toBe(96);
  const heading = page.getByRole("button", { name: /^layer\*/ });
  await heading.click();
  await eventually(() => page.locator("[data-chart]").count()).toBe(0);
  await page.reload();
  await eventually(() => heading.getAttribute("aria-expanded")).toBe("false");
  expect(await page.locator("[data-chart]").count()).toBe(0);
  await heading.click();
  await page.getByRole("searchbox", { name: "Search metrics" }).fill("layer23");
  await readChart(page, "layer239/norm", ({ data }) => data[1]?.[19] === 258);
  expect(await page.locator("[data-chart]").count()).toBe(10);
  await page.context().close();
});

test("eight ranks share a legend that shows them all, without the name that stands above it; bytes have a unit", async () => {
  const run = new Run(stage.url, "ranks");
  run.facts();
  for (let rank = 0; rank < 8; rank++) run.points(0, [["node/rss_bytes", 7.118e10 + rank * 1e9, { rank: String(rank) }]]);
  await run.send();
  const page = await stage.open("/instances/ranks");
  await readChart(page, "node/rss_bytes", ({ keys }) => keys.length === 8);
  const legend = page.locator(".legend");
  expect(await legend.locator(".legend-name").allTextContents()).toEqual(Array.from({ length: 8 }, (_, rank) => `rank=${rank}`));
  expect(await legend.evaluate((list) => list.scrollHeight - list.clientHeight)).toBe(0);
  expect(await legend.locator(".legend-value").first().textContent()).toBe("71.18 GB");
  await page.context().close();
});

test("a page that streams for long holds no listener for each answer that it got", async () => {
  const run = new Run(stage.url, "streamed").facts();
  const names = Array.from({ length: 12 }, (_, i) => `loss${String.fromCharCode(97 + i)}`);
  const send = (step: number): Promise<void> =>
    run
      .points(
        step,
        names.map((name) => [name, step]),
      )
      .send();
  for (let step = 0; step < 3; step++) await send(step);
  const page = await stage.open("/instances/streamed");
  const shown = (points: number): Promise<unknown> => readChart(page, "lossa", ({ data }) => data[0]!.length === points);
  await shown(3);
  await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const listeners = async (): Promise<number> => {
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Performance.getMetrics")).metrics.find(({ name }) => name === "JSEventListeners")!.value;
  };
  await send(3);
  await shown(4);
  const before = await listeners();
  for (let step = 4; step < 10; step++) {
    await send(step);
    await shown(step + 1);
  }
  // At least four charts are in view: a listener for each answer would be 24 more.
  expect((await listeners()) - before).toBeLessThan(12);
  await page.context().close();
});
