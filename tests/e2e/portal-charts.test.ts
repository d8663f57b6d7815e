import type { SeriesAnswer } from "ava-protocol";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { feedLong, feedSmall, smallLoss } from "./portal-chart-runs.js";
import { Run } from "./portal-run.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await feedSmall(new Run(stage.url, "small"));
  await feedLong(new Run(stage.url, "long"));
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

/** Nanoseconds of today do not fit a float64, so the API's milliseconds are off by less than a thousandth. */
function rounded(timeMs: number | null): number {
  // Plus zero: rounding may give minus zero.
  return Math.round(timeMs!) + 0;
}

async function series(id: string, name: string, buckets: number): Promise<SeriesAnswer> {
  const query = new URLSearchParams({ name, labels: "{}", x: "step", buckets: String(buckets) });
  return (await (await fetch(`${stage.url}/v1/instances/${id}/series?${query}`)).json()) as SeriesAnswer;
}

test("a chart draws exactly the values that were sent, train and validation together, and its lines are painted", async () => {
  const page = await stage.open("/instances/small");
  const chart = await readChart(page, "loss", ({ data }) => data.length === 3);
  expect(chart.keys).toEqual(["train/loss", "val_loss"]);
  const steps = Array.from({ length: 50 }, (_, step) => step);
  expect(chart.data[0]).toEqual(steps);
  expect(chart.data[1]).toEqual(steps.map((step) => (Number.isFinite(smallLoss(step)) ? smallLoss(step) : null)));
  expect(chart.data[2]).toEqual(steps.map((step) => (step % 10 === 9 ? 2 / (step + 1) : null)));
  for (const pixels of chart.pixels) expect(pixels).toBeGreaterThan(50);
  await page.context().close();
});

test("label sets are lines of their own", async () => {
  const page = await stage.open("/instances/small");
  const chart = await readChart(page, "speed", ({ data }) => data.length === 3);
  expect(chart.keys).toEqual(['speed{"rank":"0"}', 'speed{"rank":"1"}']);
  expect(chart.data[2]![7]).toBe(11.07);
  await page.context().close();
});

test("NaN and infinities are marked on the canvas and named beside it; a first value of NaN does not blank the chart", async () => {
  const page = await stage.open("/instances/small");
  const chart = await readChart(page, "loss", ({ data }) => data.length === 3);
  expect(chart.alarmPixels).toBeGreaterThan(20);
  const figure = page.locator('[data-chart="loss"]');
  await eventually(() => figure.locator(".note-alarm").allTextContents()).toEqual([
    "NaN at train/loss 0, 20",
    "∞ at train/loss 30",
    "-∞ at train/loss 31",
  ]);
  const clean = await readChart(page, "speed", ({ data }) => data.length === 3);
  expect(clean.alarmPixels).toBe(0);
  await page.context().close();
});

test("the y axis fits the values and does not reach down to zero for them", async () => {
  const page = await stage.open("/instances/small");
  const { y } = await readChart(page, "speed", ({ data }) => data.length === 3);
  expect(y[0]).toBeGreaterThan(9);
  await page.context().close();
});

test("a long series is drawn in one bucket a pixel, as the API gives it, and its spike is kept", async () => {
  const page = await stage.open("/instances/long");
  const chart = await readChart(page, "loss", ({ data }) => data.length === 2);
  const answer = await series("long", "loss", 512);
  expect(answer.raw).toBe(false);
  expect(chart.data).toEqual([answer.x, answer.last]);
  expect(chart.y[1]).toBeGreaterThan(99);
  // The spike is not the last value of its bucket: it is painted all the same, up to the top, in the line's own colour.
  expect(chart.upperPixels[0]).toBeGreaterThan(50);
  await page.context().close();
});

test("a series of up to two points a pixel comes as it is", async () => {
  const run = new Run(stage.url, "short");
  run.facts();
  for (let step = 0; step < 1000; step++) run.points(step, [["loss", 1 / (step + 1)]]);
  await run.send();
  const page = await stage.open("/instances/short");
  const chart = await readChart(page, "loss", ({ data }) => data.length === 2);
  expect(chart.data[1]).toEqual(Array.from({ length: 1000 }, (_, step) => 1 / (step + 1)));
  await page.context().close();
});

test("the cursor shows its place and the values in full; of a bucket its extremes and its points, too", async () => {
  const page = await stage.open("/instances/small");
  await readChart(page, "loss", ({ data }) => data.length === 3);
  const figure = page.locator('[data-chart="loss"]');
  const box = (await figure.locator(".u-over").boundingBox())!;
  await page.mouse.move(box.x + (box.width * 2) / 49, box.y + 40);
  await eventually(() => figure.locator("[data-tip] .tip-place").textContent()).toBe("Step 2");
  expect(await figure.locator("[data-tip] .tip-line").first().textContent()).toBe(`train/loss${5 / 3}`);
  await page.goto(`${stage.url}/instances/long`);
  await readChart(page, "loss", ({ data }) => data.length === 2);
  const long = page.locator('[data-chart="loss"]');
  const wide = (await long.locator(".u-over").boundingBox())!;
  await page.mouse.move(wide.x + wide.width * 0.5, wide.y + 40);
  await eventually(() => long.locator("[data-tip] .tip-note").first().textContent()).toMatch(/^1 … 1\.6 · \d+ points$/);
  await page.context().close();
});

test("a smoothed curve is the same however far the reader zooms in", async () => {
  const page = await stage.open("/instances/long?smooth=95");
  const whole = await readChart(page, "loss", ({ data }) => data.length === 2);
  await page.goto(`${stage.url}/instances/long?smooth=95&from=30000&to=30400`);
  const part = await readChart(page, "loss", ({ data, x }) => x[1] - x[0] === 400 && data.length === 2);
  for (const step of [30_000, 30_200, 30_400]) {
    const near = (drawn: typeof part): number => drawn.data[1]![drawn.data[0]!.findIndex((x) => x! >= step)]!;
    expect(Math.abs(near(part) - near(whole))).toBeLessThan(0.01);
  }
  await page.context().close();
});

test("a live change asks in one request for the series that grew and are in view, and for nothing else", async () => {
  const run = new Run(stage.url, "growing");
  const names = ["loss", "speed", "other"];
  await run
    .facts()
    .points(
      0,
      [...names, "layers/0"].map((name) => [name, 1] as const),
    )
    .send();
  const page = await stage.open("/instances/growing");
  for (const name of names) await readChart(page, name, ({ data }) => data.length === 2);
  await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
  await page.evaluate(() => scrollTo(0, 0));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname} ${request.postData()}`));
  await run
    .points(1, [
      ["loss", 2],
      ["speed", 3],
    ])
    .send();
  await readChart(page, "speed", ({ data }) => data[0]!.length === 2);
  await readChart(page, "loss", ({ data }) => data[0]!.length === 2);
  await eventually(() => page.locator('[data-chart="speed"] [data-line]').textContent()).toBe("3");
  const questions = asked.filter((line) => line.includes("/v1/"));
  expect(questions.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual(["POST /v1/series/query"]);
  const { series: grown } = JSON.parse(questions[0]!.split(" ").slice(2).join(" ")) as { series: object[] };
  expect(grown).toEqual(["loss", "speed"].map((name) => ({ instance: "growing", name, labels: {}, since: 1 })));
  await page.context().close();
});

test("a drag zooms all charts, asks for that stretch at full resolution and can be reset; the URL keeps it", async () => {
  const page = await stage.open("/instances/long");
  await readChart(page, "loss", ({ data }) => data.length === 2);
  const box = (await page.locator('[data-chart="loss"] .u-over').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.505 + 6, box.y + 40, { steps: 5 });
  await page.mouse.up();
  const zoomed = await readChart(page, "loss", ({ data, x }) => x[1] - x[0] < 2000 && data[0]!.length > 300);
  expect(zoomed.x[0]).toBeGreaterThan(19_000);
  expect(new URL(page.url()).searchParams.get("from")).toBe(String(zoomed.x[0]));

  await page.reload();
  const again = await readChart(page, "loss", ({ x }) => x[1] - x[0] < 2000);
  expect(again.x).toEqual(zoomed.x);
  await page.getByRole("button", { name: "Reset zoom" }).click();
  await readChart(page, "loss", ({ x }) => x[1] - x[0] > 39_000);
  await page.context().close();
});

test("the log scale is logarithmic, says what it leaves out, and gives way where nothing is positive", async () => {
  const page = await stage.open("/instances/small");
  await page.getByRole("checkbox", { name: "Log scale" }).check();
  const loss = await readChart(page, "loss", ({ isLog, data }) => isLog && data.length === 3);
  expect(loss.y[0]).toBeGreaterThan(0);
  const signed = await readChart(page, "signed", ({ isLog }) => isLog);
  expect(signed.data[1]![25]).toBeNull();
  await eventually(() => page.locator('[data-chart="signed"] .note').textContent()).toBe("25 values ≤ 0 not shown on the log scale");
  const negative = await readChart(page, "negative", ({ data }) => data.length === 2);
  expect([negative.isLog, negative.data[1]![0]]).toEqual([false, -1]);
  expect(await page.locator('[data-chart="negative"] .note').textContent()).toBe("No positive values: shown on a linear scale");
  expect(page.url()).toContain("y=log");
  await page.context().close();
});

test("smoothing draws an average and keeps the values in the legend; the steps of the reader's slider are in the URL", async () => {
  const page = await stage.open("/instances/small");
  const before = await readChart(page, "signed", ({ data }) => data.length === 2);
  await page.getByRole("slider", { name: "Smoothing" }).fill("95");
  const after = await readChart(page, "signed", ({ data }) => data.length === 2 && data[1]![49] !== before.data[1]![49]);
  expect(after.data[1]![0]).toBe(25);
  expect(after.data[1]![49]).toBeGreaterThan(-24);
  expect(page.url()).toContain("smooth=95");
  await page.context().close();
});

test("the x axis switches between step, wall time, relative time and epoch", async () => {
  const page = await stage.open("/instances/small");
  const detail = (await (await fetch(`${stage.url}/v1/instances/small`)).json()) as { startTime: string };
  const startMs = Date.parse(detail.startTime);
  await page.getByRole("button", { name: "Time", exact: true }).click();
  const time = await readChart(page, "signed", ({ x }) => Math.round(x[0]) === startMs);
  expect(time.data[0]!.slice(0, 3).map(rounded)).toEqual([startMs, startMs + 1000, startMs + 2000]);
  await page.getByRole("button", { name: "Relative", exact: true }).click();
  const relative = await readChart(page, "signed", ({ x }) => Math.round(x[0]) === 0 && Math.round(x[1]) === 49_000);
  expect(relative.data[0]!.slice(0, 3).map(rounded)).toEqual([0, 1000, 2000]);
  await page.getByRole("button", { name: "Epoch", exact: true }).click();
  const epoch = await readChart(page, "signed", ({ x }) => x[1] === 4);
  expect(epoch.data[0]).toEqual([0, 1, 2, 3, 4]);
  await page.getByText("This metric carries no epochs").waitFor();
  await page.context().close();
});

test("the cursor of one chart moves that of the others and shows the values there", async () => {
  const page = await stage.open("/instances/small");
  await readChart(page, "speed", ({ data }) => data.length === 3);
  const chart = page.locator('[data-chart="signed"]');
  await readChart(page, "signed", ({ data }) => data.length === 2);
  const box = (await chart.locator(".u-over").boundingBox())!;
  await page.mouse.move(box.x + (box.width * 10) / 49, box.y + 40);
  await eventually(() => chart.locator("[data-line]").textContent()).toBe("15");
  await eventually(() => page.locator(`[data-line='speed{"rank":"1"}']`).textContent()).toBe("11.1");
  await page.context().close();
});

test("a click in the legend hides a line, and the URL keeps it hidden", async () => {
  const page = await stage.open("/instances/small");
  await readChart(page, "loss", ({ keys }) => keys.length === 2);
  await page
    .locator('[data-chart="loss"]')
    .getByRole("button", { name: /^train\/loss/ })
    .click();
  const hidden = await readChart(page, "loss", ({ keys }) => keys.length === 1);
  expect(hidden.keys).toEqual(["val_loss"]);
  await page.reload();
  expect((await readChart(page, "loss")).keys).toEqual(["val_loss"]);
  await page.context().close();
});

test("a chart can be read and zoomed with the keyboard", async () => {
  const page = await stage.open("/instances/small");
  await readChart(page, "signed", ({ data }) => data.length === 2);
  const chart = page.locator('[data-chart="signed"]');
  await chart.locator("[data-plot]").focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await eventually(() => chart.locator("[data-line]").textContent()).toBe("23");
  await page.keyboard.press("+");
  await readChart(page, "signed", ({ x }) => x[0] === 12.25 && x[1] === 36.75);
  await page.keyboard.press("Escape");
  await readChart(page, "signed", ({ x }) => x[0] === 0 && x[1] === 49);
  await page.context().close();
});

test("every chart has its numbers as a table", async () => {
  const page = await stage.open("/instances/small");
  await page.locator('[data-chart="signed"]').getByRole("button", { name: "Show as table" }).click();
  const row = page.locator('[data-chart="signed"] tbody tr');
  await eventually(() => row.locator("td").allTextContents()).toEqual(["−24", "−24", "25", "50", "49"]);
  await page.context().close();
});
