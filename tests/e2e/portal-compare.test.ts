import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage, unanswered } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;
let runs: Run[];

beforeAll(async () => {
  stage = await openStage();
  runs = ["a", "b", "c", "d"].map((id) => new Run(stage.url, id, "sweep"));
  for (const [i, run] of runs.entries()) {
    run.facts({
      name: `run ${run.id}`,
      params: { lr: i < 2 ? 0.1 : 0.001, seed: i, opt: i % 2 === 0 ? "adam" : "sgd", model: "resnet18" },
    });
    for (let step = 0; step < 20; step++) run.points(step, [["val/loss", 3 + i - step / 10]]);
    if (i === 0) run.points(0, [["only/a", 1]]);
    await run.send();
  }
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("runs picked in the list are compared: lines of one series in one chart, and the table below is the legend", async () => {
  const page = await stage.open("/?sort=id");
  for (const id of ["a", "b", "c"]) await page.getByRole("checkbox", { name: `Pick run ${id}` }).check();
  await page.getByRole("button", { name: "Compare 3" }).click();
  await page.getByText("3 instances compared").waitFor();
  const chart = await readChart(page, "val/loss", ({ keys }) => keys.length === 3);
  expect(chart.data.slice(1).map((values) => values[0])).toEqual([3, 4, 5]);
  expect(chart.pixels.every((pixels) => pixels > 20)).toBe(true);
  expect((await readChart(page, "only/a")).keys).toHaveLength(1);
  const legend = page.getByRole("region", { name: "Compared instances" });
  await eventually(() => legend.locator("thead th").allTextContents()).toEqual([
    "Instance",
    "State",
    "lr",
    "seed",
    "opt",
    "val/loss last",
    "best",
  ]);
  expect(await legend.locator('[data-param="lr"]').allTextContents()).toEqual(["0.1", "0.1", "0.001"]);
  await page.reload();
  await readChart(page, "val/loss", ({ keys }) => keys.length === 3);
  const color = (id: string): Promise<string> =>
    legend.locator(`[data-run="${id}"] .swatch`).evaluate((element) => getComputedStyle(element).color);
  const before = await color("c");
  await page.getByRole("button", { name: "Remove run a from the comparison" }).click();
  await readChart(page, "val/loss", ({ keys }) => keys.length === 2);
  expect(await color("c")).toBe(before);
  await page.getByRole("button", { name: "Show or hide run b" }).click();
  await readChart(page, "val/loss", ({ keys }) => keys.length === 1);
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await page.getByRole("checkbox", { name: "Pick run c" }).waitFor();
  expect(await page.getByRole("checkbox", { name: "Pick run c" }).isChecked()).toBe(true);
  await page.context().close();
});

test("a base shows by how much the others differ, also by keyboard", async () => {
  const page = await stage.open("/?show=charts&pick=a&pick=b&pick=c");
  const legend = page.getByRole("region", { name: "Compared instances" });
  await legend.locator('[data-run="b"] a').focus();
  await page.keyboard.press("b");
  await eventually(() => legend.locator('[data-figure="delta"]').allTextContents()).toEqual(["−1", "–", "+1"]);
  expect(await legend.locator(".differs").allTextContents()).toEqual(["0", "adam", "0.001", "2", "adam"]);
  await page.reload();
  await eventually(() => legend.locator('[data-figure="delta"]').allTextContents()).toEqual(["−1", "–", "+1"]);
  await page.context().close();
});

test("grouped runs are drawn as their mean with a band, and the legend has the groups", async () => {
  const page = await stage.open("/?show=charts&pick=a&pick=b&pick=c&pick=d&group=params.lr");
  const { data, keys } = await readChart(page, "val/loss", (drawn) => drawn.keys.length === 2);
  expect(keys).toEqual(["#0 val/loss", "#1 val/loss"]);
  expect(data.slice(1).map((values) => values[0])).toEqual([5.5, 3.5]);
  const groups = page.locator("[data-group]");
  expect(await groups.locator("th").allTextContents()).toEqual([" lr 0.001 2 instances", " lr 0.1 2 instances"]);
  expect(await groups.first().locator(".figure").first().textContent()).toBe("3.6 [3.1 … 4.1]");
  await page.context().close();
});

test("without a choice the first of the table are compared; params and a figure stand against each other, and a value is a filter", async () => {
  const page = await stage.open("/?show=params&sort=id");
  await page.getByText("No instance is picked: the first 4 of 4 in the table are shown.").waitFor();
  await page.keyboard.press("2");
  await readChart(page, "val/loss", ({ keys }) => keys.length === 4);
  await page.keyboard.press("3");
  const parallel = page.getByRole("group", { name: "Params and result" });
  await eventually(() => parallel.locator("[data-run]").count()).toBe(4);
  expect(await parallel.locator("[data-axis]").evaluateAll((all) => all.map((one) => one.getAttribute("data-axis")))).toEqual([
    "params.lr",
    "params.seed",
    "params.opt",
    "last:val/loss",
  ]);
  await page.getByRole("combobox", { name: "Against" }).selectOption({ label: "seed" });
  const scatter = page.getByRole("img", { name: "val/loss against seed" });
  const dots = await scatter
    .locator("circle")
    .evaluateAll((all) => all.map((dot) => [Number(dot.getAttribute("cx")), Number(dot.getAttribute("cy"))]));
  expect(dots.map(([x]) => x)).toEqual(dots.map(([x]) => x!).toSorted((a, b) => a - b));
  expect(dots.map(([, y]) => y)).toEqual(dots.map(([, y]) => y!).toSorted((a, b) => b - a));
  await parallel.getByRole("button", { name: "Only instances with sgd" }).click();
  await eventually(() => parallel.locator("[data-run]").count()).toBe(2);
  await page.getByRole("button", { name: "Remove params.opt=sgd" }).waitFor();
  const axis = (await parallel.locator('[data-axis="params.seed"] .axis-hit').boundingBox())!;
  await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height - 4);
  await page.mouse.down();
  await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height * 0.7, { steps: 4 });
  await page.mouse.up();
  await eventually(() => parallel.locator("[data-run]").evaluateAll((all) => all.map((one) => one.getAttribute("data-run")))).toEqual([
    "b",
  ]);
  await page.context().close();
});

test("a comparison is live, and says which run cannot be had; addresses of MLflow's and wandb's kind lead to the run", async () => {
  const page = await stage.open("/compare?run=a&run=absent&run=b");
  await page.getByText("Not on this platform, or deleted: absent").waitFor();
  await readChart(page, "val/loss", ({ data }) => data[0]!.length === 20);
  await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
  await runs[1]!.points(20, [["val/loss", 0.5]]).send();
  const grown = await readChart(page, "val/loss", ({ data }) => data[0]!.length === 21);
  expect(grown.data[2]![20]).toBe(0.5);
  const headings = page.getByRole("heading", { level: 1 });
  await page.goto(`${stage.url}/#/experiments/0/runs/c`);
  await eventually(() => headings.textContent()).toContain("run c");
  await page.goto(`${stage.url}/mlflow/#/experiments/0/runs/d`);
  await eventually(() => headings.textContent()).toContain("run d");
  const made = await fetch(`${stage.url}/mlflow/api/2.0/mlflow/experiments/create`, {
    method: "POST",
    body: JSON.stringify({ name: "vision/1" }),
  });
  const { experiment_id: experiment } = (await made.json()) as { experiment_id: string };
  await new Run(stage.url, "seen", "vision_1").facts().send();
  await page.goto(`${stage.url}/?pick=seen&show=charts`);
  await page.getByText("No metrics yet").waitFor();
  await page.goto(`${stage.url}/mlflow/#/experiments/${experiment}`);
  await page.locator('[data-instance="seen"]').waitFor();
  expect(await headings.textContent()).toBe("vision_1");
  await page.goto(`${stage.url}/#/experiments/12345`);
  await eventually(() => headings.textContent()).toContain("Nothing here");
  stage.assertNoFaults(/404/);
  await new Run(stage.url, "wandb-0123", "图像").facts({ params: { _wandb: { run: "x1y2" } }, name: "from wandb" }).send();
  await page.goto(`${stage.url}/ava/${encodeURIComponent("图像")}/runs/x1y2`);
  await eventually(() => headings.textContent()).toContain("from wandb");
  // What `ava-sdk run` records of wandb's client is in the training of the command.
  await new Run(stage.url, "of-command", "digits")
    .facts({ params: { _wandb: { run: "z9", project: "projx" } }, name: "in a command" })
    .send();
  await page.goto(`${stage.url}/wandb/ava/projx/runs/z9`);
  await page.getByRole("heading", { name: "in a command" }).waitFor();
  await page.goto(`${stage.url}/me/sweep/runs/a`);
  await eventually(() => headings.textContent()).toContain("run a");
  await page.context().close();
});

test("a platform that is away while runs are compared is said once, not in each chart, and `/` leads to one search box", async () => {
  const page = await stage.open("/?show=charts&pick=a&pick=b");
  await readChart(page, "val/loss", ({ keys }) => keys.length === 2);
  expect(await page.locator("kbd", { hasText: "/" }).count()).toBe(1);
  await page.keyboard.press("/");
  await eventually(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Search instances");
  const message = page.getByText("The platform cannot be reached");
  await stage.restart(async () => {
    await page.locator("[data-live=lost]").waitFor();
    // Each chart asks anew, and gets no answer.
    await page.locator("#content").click({ position: { x: 5, y: 5 } });
    const failed = unanswered(page, "/v1/series");
    await page
      .getByRole("button", { name: "Relative" })
      .or(page.getByRole("radio", { name: "Relative" }))
      .click();
    await failed;
    await message.waitFor();
    expect(await message.count()).toBe(1);
    expect(await page.locator(".chart-error").count()).toBe(0);
  });
  await eventually(() => message.count()).toBe(0);
  await readChart(page, "val/loss", ({ keys, x }) => keys.length === 2 && x[0] < 1 && x[1] > 1000);
  await page.context().close();
  stage.assertNoFaults(/ERR_|Failed to load|request:/);
});

test("the params are listed by how much each alone tells of the figure, and a click puts one against it", async () => {
  for (let i = 0; i < 12; i++) {
    const run = new Run(stage.url, `told-${i}`, "importance").facts({ params: { opt: i % 2 === 0 ? "adam" : "sgd", seed: i % 3 } });
    await run.points(0, [["loss", (i % 2) * 10 + i / 100]]).send();
  }
  const page = await stage.open("/?training=importance&show=params");
  const list = page.getByRole("region", { name: "Importance of params" });
  await eventually(() => list.locator("li").evaluateAll((all) => all.map((one) => one.getAttribute("data-importance")))).toEqual([
    "opt",
    "seed",
  ]);
  expect(await list.locator("li").first().innerText()).toMatch(/7\d %/);
  await list.getByRole("button", { name: "seed" }).click();
  await eventually(() => page.getByRole("img", { name: "loss against seed" }).count()).toBe(1);
  await page.context().close();
});
