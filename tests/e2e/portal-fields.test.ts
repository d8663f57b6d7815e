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
