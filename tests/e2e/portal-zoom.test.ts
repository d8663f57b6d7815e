import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Drawn, eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  const run = new Run(stage.url, "zoomed").facts();
  for (let step = 0; step < 10_000; step++) run.points(step, [["loss", 1 / (step + 1)]]);
  for (let step = 0; step < 100; step++) run.points(step, [["val/acc", step]]);
  for (let step = 50_000; step < 50_100; step++) run.points(step, [["late", step]]);
  await run.send();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

const whole = ({ x }: Drawn): boolean => x[0] === 0 && x[1] === 9999;
const length = ({ x }: Drawn): number => x[1] - x[0];

async function open(query = "", options = {}): Promise<{ page: Page; box: { x: number; y: number; width: number } }> {
  const page = await stage.open(`/instances/zoomed${query}`, options);
  await readChart(page, "loss", ({ data }) => data.length === 2);
  return { page, box: (await page.locator('[data-chart="loss"] .u-over').boundingBox())! };
}

test("the wheel zooms about the pointer, with finer data, and out again; at the whole it turns the page", async () => {
  const { page, box } = await open();
  await page.mouse.move(box.x + box.width / 4, box.y + 40);
  for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -200);
  const zoomed = await readChart(page, "loss", (drawn) => length(drawn) < 400 && drawn.data[0]!.length > length(drawn));
  expect(zoomed.x[0]).toBeLessThan(2500);
  expect(zoomed.x[1]).toBeGreaterThan(2499);
  await eventually(async () => new URL(page.url()).searchParams.get("from")).toBe(String(zoomed.x[0]));
  expect(await page.evaluate(() => scrollY)).toBe(0);
  for (let i = 0; i < 9; i++) await page.mouse.wheel(0, 200);
  await readChart(page, "loss", whole);
  await eventually(async () => new URL(page.url()).searchParams.get("from")).toBeNull();
  await page.setViewportSize({ width: 1280, height: 400 });
  await page.mouse.wheel(0, 100);
  await eventually(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  await page.mouse.wheel(0, -50);
  await readChart(page, "loss", whole);
  await page.context().close();
});

test("a drag over one of several charts zooms all of them once, to the stretch that was dragged over", async () => {
  const { page, box } = await open();
  await readChart(page, "acc", ({ data }) => data.length === 2);
  await page.mouse.move(box.x + box.width * 0.002, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 5 });
  await page.mouse.up();
  const zoomed = await readChart(page, "loss", (drawn) => length(drawn) < 6000);
  expect(length(zoomed)).toBeGreaterThan(4900);
  await eventually(async () => new URL(page.url()).searchParams.get("to")).toBe(String(zoomed.x[1]));
  await page.goBack();
  await readChart(page, "loss", whole);
  await page.context().close();
});

test("Shift and a drag pan, a double click resets, and the browser's back button goes through the zooms", async () => {
  const { page, box } = await open("?from=4000&to=5000");
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 4, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  const panned = await readChart(page, "loss", ({ x }) => Math.abs(x[0] - 4250) < 20);
  expect(length(panned)).toBeCloseTo(1000, 3);
  await eventually(async () => Number(new URL(page.url()).searchParams.get("from"))).toBe(panned.x[0]);
  await page.mouse.dblclick(box.x + box.width / 2, box.y + 40);
  await readChart(page, "loss", whole);
  await page.goBack();
  await readChart(page, "loss", ({ x }) => x[0] === panned.x[0]);
  await page.goBack();
  await readChart(page, "loss", ({ x }) => x[0] === 4000);
  await page.context().close();
});

test("charts share a zoom where their ranges overlap, the others keep theirs", async () => {
  const { page } = await open("?from=40&to=90");
  await readChart(page, "loss", ({ x }) => x[0] === 40 && x[1] === 90);
  await readChart(page, "acc", ({ x, data }) => x[0] === 40 && x[1] === 90 && data[0]!.length > 50);
  const late = await readChart(page, "late", ({ data }) => data[0]!.length === 100);
  expect(late.x).toEqual([50_000, 50_099]);
  await page.context().close();
});

test("two fingers zoom, one pans what is zoomed, and a double tap resets", async () => {
  const { page, box } = await open("", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const client = await page.context().newCDPSession(page);
  const touch = async (type: "touchStart" | "touchMove" | "touchEnd", ...parts: number[]): Promise<void> => {
    const touchPoints = parts.map((part, id) => ({ x: box.x + box.width * part, y: box.y + 60, id }));
    await client.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  await touch("touchStart", 0.4, 0.6);
  for (const spread of [0.15, 0.25, 0.35, 0.4]) await touch("touchMove", 0.5 - spread, 0.5 + spread);
  await touch("touchEnd");
  const pinched = await readChart(page, "loss", (drawn) => length(drawn) < 4000);
  expect(length(pinched)).toBeGreaterThan(2000);
  expect(pinched.x[0]).toBeGreaterThan(3000);

  await touch("touchStart", 0.8);
  for (const at of [0.7, 0.5, 0.3]) await touch("touchMove", at);
  await touch("touchEnd");
  const panned = await readChart(page, "loss", ({ x }) => x[0] > pinched.x[0] + 800);
  expect(length(panned)).toBeCloseTo(length(pinched), 3);

  for (let i = 0; i < 2; i++) {
    await touch("touchStart", 0.5);
    await touch("touchEnd");
  }
  await readChart(page, "loss", whole);
  await page.context().close();
});

test("metrics are searched by regular expressions, and a word that is not one is told", async () => {
  const { page } = await open();
  const search = page.getByRole("searchbox", { name: "Search metrics" });
  await search.fill("^val/|late$");
  await eventually(() => page.locator("[data-chart] h3").allTextContents()).toEqual(["acc", "late"]);
  await search.fill("loss(");
  await page.getByText("Not a regular expression, found as text: loss(").waitFor();
  await page.context().close();
});
