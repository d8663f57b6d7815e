import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

const METRICS = 10_000;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  for (const id of ["wide", "narrow"]) {
    const run = new Run(stage.url, id).facts({ state: "done" });
    const names = id === "wide" ? Array.from({ length: METRICS }, (_, i) => `layer${i}/grad`) : ["loss"];
    await run
      .points(
        0,
        names.map((name, i) => [name, i]),
      )
      .send();
  }
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("a list beside a run of 10,000 metrics is drawn at once, and each of them can become a column", async () => {
  const page = await stage.open("/");
  await page.locator('[data-instance="wide"]').waitFor();
  const columns = page.locator("summary", { hasText: "Columns" });
  await columns.waitFor();
  expect(await page.locator("*").count()).toBeLessThan(1000);
  await columns.click();
  await page.getByText("9,801 more: search for them").waitFor();
  expect(await page.locator("*").count()).toBeLessThan(4000);
  await page.getByRole("searchbox", { name: "Search columns" }).fill("layer9999/");
  await page.getByRole("checkbox", { name: "layer9999/grad last" }).check();
  await eventually(() => page.locator('[data-instance="wide"] .col-metric').allTextContents()).toContain("9,999");
  await page.context().close();
});

test("a comparison with a run of 10,000 metrics offers each as what runs are compared by, once it is asked which there are", async () => {
  const page = await stage.open("/?pick=wide&pick=narrow&show=params");
  const target = page.getByLabel("Compare by");
  await target.waitFor();
  expect(await target.locator("option").count()).toBe(1);
  await target.focus();
  await eventually(() => target.locator("option").count()).toBe(3 * (METRICS + 1));
  await target.selectOption("last:layer9999/grad");
  await page.waitForURL(/layer9999/);
  await page.context().close();
});
