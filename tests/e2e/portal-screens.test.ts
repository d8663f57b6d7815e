import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openStage, type Stage, sidewaysOverflow } from "./portal-browser.js";
import { Run } from "./portal-run.js";

const LONG = "long-".repeat(20);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  const run = new Run(stage.url, `${LONG}id`, `${LONG}training`);
  run.facts({
    name: `${LONG}name`,
    host: "h".repeat(200),
    tags: [LONG.slice(0, 60), "标签".repeat(20)],
    note: "note ".repeat(100),
    params: { [LONG]: LONG.repeat(4) },
    state: "failed",
    end: { exitCode: 1, message: `RuntimeError: ${"m".repeat(500)}` },
  });
  for (let step = 0; step < 3; step++) run.points(step, [[`metric/${LONG}`, step, { rank: LONG.slice(0, 60) }]]);
  await run
    .log(`${"L".repeat(3000)}\n`)
    .event({ event: "snapshot", step: 2, file: `${LONG}.bin` })
    .send();
  const ids = Array.from({ length: 1001 }, (_, i) => `run-${i}`);
  for (let i = 0; i < ids.length; i += 20) {
    await Promise.all(ids.slice(i, i + 20).map((id) => new Run(stage.url, id, "sweep").facts({ state: "done" }).send()));
  }
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

const ADDRESSES: readonly [address: string, complete: string][] = [
  ["/", "[data-instance]"],
  [`/?q=${LONG}id&show=charts`, "[data-chart]"],
  [`/?q=${LONG}id&show=params`, "main .select"],
  [`/instances/${LONG}id`, "[data-chart]"],
  [`/instances/${LONG}id?tab=log`, ".log-line"],
  [`/instances/${LONG}id?tab=params`, ".tab-panel table"],
  [`/instances/${LONG}id?tab=events`, ".tab-panel table"],
  ["/new-training", "textarea"],
];

// 640 by 450 is a window of 1280 by 900 whose pages are enlarged to 200 %.
test.each([
  [320, 640],
  [640, 450],
  [3840, 2160],
])("names of a hundred characters and a host of two hundred stay within %d by %d pixels", async (width, height) => {
  const page = await stage.open("/new-training", { viewport: { width, height } });
  for (const [address, complete] of ADDRESSES) {
    await page.goto(stage.url + address);
    await page.locator(complete).first().waitFor();
    expect([address, await sidewaysOverflow(page)]).toEqual([address, 0]);
  }
  await page.context().close();
});

test("numbers of states do not lie over each other on a narrow phone", async () => {
  const page = await stage.open("/", { viewport: { width: 320, height: 640 } });
  const states = page.getByRole("group", { name: "State" }).getByRole("button");
  await states.getByText("1,002").waitFor();
  expect(await states.evaluateAll((buttons) => buttons.map((button) => button.scrollWidth - button.clientWidth))).toEqual([0, 0, 0, 0, 0]);
  await page.context().close();
});

test("on a phone what a row of the list offers is large enough for a finger", async () => {
  const page = await stage.open("/?training=sweep", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const row = page.locator("[data-instance]").first();
  await row.waitFor();
  const smallest = async (selector: string): Promise<number[]> => {
    const boxes = await page.locator(selector).evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect()));
    return boxes.flatMap(({ width, height }) => (width < 24 || height < 24 ? [Math.min(width, height)] : []));
  };
  expect(await smallest("[data-instance] :is(input, .row-tools button, .row-link, .row-tag)")).toEqual([]);
  await row.getByRole("checkbox").tap();
  await page.getByText("1 picked").waitFor();
  await page.goto(`${stage.url}/instances/${LONG}id`);
  await page.locator(".crumbs a").first().waitFor();
  expect(await smallest(".crumbs a")).toEqual([]);
  await page.context().close();
});

test("where the system forces its colours, lines keep theirs, and what is chosen has an outline", async () => {
  const page = await stage.open(`/instances/${LONG}id`, { forcedColors: "active" });
  await page.locator("canvas").first().waitFor();
  const stroke = await page
    .locator("[data-plot]")
    .first()
    .evaluate((host) => {
      const { series } = (host as unknown as { avaPlot: { series: { stroke: () => string }[] } }).avaPlot;
      return series[1]!.stroke();
    });
  expect(stroke).toBe("rgb(37, 99, 235)");
  const outline = (name: string): Promise<string> =>
    page.getByRole("button", { name, exact: true }).evaluate((button) => getComputedStyle(button).outlineStyle);
  expect([await outline("Step"), await outline("Time")]).toEqual(["solid", "none"]);
  await page.context().close();
});

test("a printed page is the run without the frame, dark on white also where the screen is dark", async () => {
  const page = await stage.open(`/instances/${LONG}id`, { colorScheme: "dark" });
  await page.locator("canvas").first().waitFor();
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const heading = page.getByRole("heading", { level: 1 });
  expect(await heading.evaluate((element) => getComputedStyle(element).color)).toBe("rgb(18, 22, 29)");
  expect(await page.getByRole("link", { name: "All trainings" }).isVisible()).toBe(false);
  expect(await page.getByRole("searchbox").isVisible()).toBe(false);
  expect(await heading.evaluate((element) => element.getBoundingClientRect().left)).toBeLessThan(20);
  await page.context().close();
});

test("a chart is printed in light colours from the dark theme, and is dark again after", async () => {
  const page = await stage.open(`/instances/${LONG}id`, { colorScheme: "dark" });
  await page.locator("canvas").first().waitFor();
  const gridPixels = (): [light: number, dark: number] => {
    const { canvas } = document.querySelector<HTMLElement & { avaPlot: { ctx: CanvasRenderingContext2D } }>("[data-plot]")!.avaPlot.ctx;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const count = (red: number): number => data.filter((value, i) => i % 4 === 0 && value === red && data[i + 3] === 255).length;
    return [count(0xec), count(0x21)];
  };
  await page.evaluate(`addEventListener("beforeprint", () => (globalThis.onPaper = (${gridPixels})()))`);
  await page.pdf();
  const paper = (await page.evaluate("onPaper")) as [light: number, dark: number];
  const screen = await page.evaluate(gridPixels);
  expect([paper[1], screen[0]]).toEqual([0, 0]);
  expect(Math.min(paper[0], screen[1])).toBeGreaterThan(100);
  await page.context().close();
});
