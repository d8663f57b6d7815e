import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("params, values and metrics of runs that come later are completed and can be columns without a reload, and shown columns stay in place", async () => {
  const first = new Run(stage.url, "first", "later", Date.UTC(2026, 0, 1)).facts({ params: { lr: 0.1 } });
  await first.points(0, [["loss", 2]]).send();
  const page = await stage.open("/?training=later");
  const headings = (): Promise<string[]> => page.locator("thead .heading-name").allTextContents();
  await eventually(headings).toEqual(["State", "Instance", "loss", "Started"]);

  const second = new Run(stage.url, "second", "later", Date.UTC(2026, 0, 2)).facts({ params: { lr: 0.2, warmup: "cosine" } });
  await second.points(0, [["train/loss", 1]]).send();
  await eventually(headings).toEqual(["State", "Instance", "loss", "train/loss", "lr", "warmup", "Started"]);
  await first.points(1, [["bleu", 3]]).send();

  const search = page.getByRole("combobox", { name: "Search instances" });
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await search.fill("warmup=");
  await eventually(() => options.allTextContents()).toEqual(["warmup=cosine"]);
  await search.fill("ble");
  await eventually(() => options.allTextContents()).toEqual(["bleu<"]);
  await search.fill("");
  await page.locator("summary", { hasText: "Columns" }).click();
  await page.getByRole("checkbox", { name: "bleu max" }).check();
  await eventually(() => page.locator('[data-instance="first"] [data-field="max:bleu"]').textContent()).toBe("3");
  expect(await headings()).toEqual(["State", "Instance", "loss", "train/loss", "lr", "warmup", "bleu", "Started"]);
  await page.context().close();
});

test("a column that is not a field is said to be none, and the usual ones come back; one without values says so in its heading, a filter by an unknown name as well", async () => {
  const run = new Run(stage.url, "named", "names", Date.UTC(2026, 0, 1)).facts({ params: { lr: 0.1 } });
  await run.points(0, [["loss", 2]]).send();
  const page = await stage.open("/?training=names&column=nope");
  await eventually(() => page.getByRole("alert").textContent()).toContain('columns "nope,');
  expect(await page.getByRole("alert").textContent()).toContain('at character 1: "nope" is not a field');
  await page.getByRole("button", { name: "Show the usual columns" }).click();
  await page.locator("[data-instance=named]").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
  stage.assertNoFaults(/400/);
  await page.goto(`${stage.url}/?training=names&column=last:loss&column=max:lossy&column=params.lrr`);
  await page.locator("[data-instance=named]").waitFor();
  const headings = page.locator("thead th", { hasText: "no values" });
  expect(await headings.locator(".heading-name").allTextContents()).toEqual(["lossy", "lrr"]);
  await page.getByRole("combobox", { name: "Search instances" }).fill("lrr=3");
  await page.getByText("No param or metric that was found is called lrr.").waitFor();
  const scheduled = new Run(stage.url, "scheduled", "schedules", Date.UTC(2026, 0, 1)).facts({ params: { optimizer: { lr: 0.001 } } });
  await scheduled.points(0, [["lr", 0.0005]]).send();
  await page.goto(`${stage.url}/?training=schedules&q=lr%3D0.001`);
  await page.getByText("lr was read as the metric. For the param write params.optimizer.lr.").waitFor();
  await page.context().close();
});

test("the heading of a long name stays within its column", async () => {
  const name = "val/accuracy-of-the-".repeat(20);
  const run = new Run(stage.url, "long-name", "long-names", Date.UTC(2026, 0, 1)).facts({ params: { ["batch-".repeat(60)]: 1 } });
  await run.points(0, [[name, 2]]).send();
  const page = await stage.open(
    `/?${new URLSearchParams([`last:${name}`, `params.${"batch-".repeat(60)}`].map((field) => ["column", field]))}`,
  );
  await page.locator("[data-instance=long-name]").waitFor();
  const outside = await page.locator("thead th:is(.col-metric, .col-param)").evaluateAll((cells) =>
    cells.map((cell) => {
      const [column, text] = [cell, cell.querySelector(".heading-name")!].map((element) => element.getBoundingClientRect());
      return text!.left < column!.left || text!.right > column!.right;
    }),
  );
  expect(outside).toEqual([false, false]);
  await page.context().close();
});

test.each(["en-US", "zh-CN"])(
  "all tabs of a run fit on a phone, and names of runs are not cut for the buttons beside them (%s)",
  async (locale) => {
    const name = "imagenet-resnet50-199";
    const run = new Run(stage.url, name, "phone", Date.UTC(2026, 0, 1)).facts({ params: { lr: 0.1 } });
    await run
      .points(0, [["loss", 2]])
      .log("a line\n")
      .send();
    const page = await stage.open(`/instances/${name}`, { viewport: { width: 390, height: 844 }, locale, hasTouch: true });
    await page.getByRole("tab").first().waitFor();
    const ends = await page.getByRole("tab").evaluateAll((tabs) => tabs.map((tab) => tab.getBoundingClientRect().right));
    expect(ends).toHaveLength(5);
    expect(Math.max(...ends)).toBeLessThanOrEqual(390);
    await page.goto(`${stage.url}/?training=phone`);
    const link = page.locator("[data-instance] .row-link");
    await link.waitFor();
    expect(await link.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    await page.context().close();
  },
);

test("the tip of a chart names its lines in full beside values of all digits", async () => {
  const run = new Run(stage.url, "tipped", "tips", Date.UTC(2026, 0, 1)).facts();
  for (let step = 0; step < 100; step++) run.points(step, [["a/metric/with/a/name", Math.sqrt(step + 2)]]);
  await run.send();
  const page = await stage.open("/instances/tipped");
  const canvas = page.locator("canvas").first();
  await canvas.waitFor();
  const box = (await canvas.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const name = page.locator("[data-tip] .tip-line > span").first();
  await name.waitFor();
  expect(await name.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await page.context().close();
});
