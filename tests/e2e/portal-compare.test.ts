import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;
let runs: Run[];

beforeAll(async () => {
  stage = await openStage();
  runs = ["a", "b", "c"].map((id) => new Run(stage.url, id, "sweep"));
  for (const [i, run] of runs.entries()) {
    run.facts({ name: `run ${run.id}`, params: { lr: 0.1 / (i + 1), model: "resnet18" } });
    for (let step = 0; step < 20; step++) run.points(step, [["val/loss", 3 + i - step / 10]]);
    if (i === 0) run.points(0, [["only/a", 1]]);
    await run.send();
  }
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("runs picked in the list are compared: lines of one series in one chart, and the params that differ", async () => {
  const page = await stage.open("/?sort=id");
  for (const id of ["a", "b", "c"]) await page.getByRole("checkbox", { name: `Pick run ${id}` }).check();
  await page.getByRole("link", { name: "Compare 3" }).click();
  await page.getByRole("heading", { name: "3 instances compared" }).waitFor();
  const chart = await readChart(page, "val/loss", ({ keys }) => keys.length === 3);
  expect(chart.data.slice(1).map((values) => values[0])).toEqual([3, 4, 5]);
  expect(chart.pixels.every((pixels) => pixels > 20)).toBe(true);
  expect(await page.locator('[data-chart="val/loss"] .legend-name').allTextContents()).toEqual(["run a", "run b", "run c"]);
  expect((await readChart(page, "only/a")).keys).toHaveLength(1);
  expect(await page.locator(".runs-diff thead th").allTextContents()).toEqual(["Instance", "State", "lr"]);
  expect(await page.locator('[data-param="lr"]').allTextContents()).toEqual(["0.1", "0.05", "0.03333333333333333"]);
  await page.reload();
  await readChart(page, "val/loss", ({ keys }) => keys.length === 3);
  await page.getByRole("button", { name: "Remove run b from the comparison" }).click();
  await readChart(page, "val/loss", ({ keys }) => keys.length === 2);
  await page.context().close();
});

test("a comparison is live, and says which run cannot be had", async () => {
  const page = await stage.open("/compare?run=a&run=absent&run=b");
  await page.getByText(/absent/).waitFor();
  await readChart(page, "val/loss", ({ data }) => data[0]!.length === 20);
  await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
  await runs[1]!.points(20, [["val/loss", 0.5]]).send();
  const grown = await readChart(page, "val/loss", ({ data }) => data[0]!.length === 21);
  expect(grown.data[2]![20]).toBe(0.5);
  await page.context().close();
  stage.assertNoFaults(/404/);
});
