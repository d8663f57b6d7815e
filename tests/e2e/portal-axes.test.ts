import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  const run = new Run(stage.url, "axes").facts();
  for (let step = 0; step < 100; step++) {
    run.points(step, [["loss", 100 - step]]);
    if (step % 2 === 0) run.points(step, [["tokens", step * 512]]);
  }
  await run.send();
  const long = new Run(stage.url, "decades").facts();
  for (let step = 0; step < 50_000; step++) long.points(step, [["loss", step === 7 ? 50 : 1 + (step % 5) / 10]]);
  await long.send();
  const rewound = new Run(stage.url, "rewound").facts();
  for (let step = 0; step < 60; step++) rewound.points(step, [["loss", step]]);
  for (let step = 40; step < 80; step++) rewound.points(step, [["loss", 100 + step]]);
  await rewound.send();
  const longRewound = new Run(stage.url, "long-rewound").facts();
  for (let step = 0; step < 9000; step++) longRewound.points(step, [["loss", 1]]);
  for (let step = 6000; step < 12_000; step++) longRewound.points(step, [["loss", 5]]);
  await longRewound.send();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("another metric is the x axis: each value stands where that metric was at its step; the URL keeps it", async () => {
  const page = await stage.open("/instances/axes");
  await readChart(page, "loss", ({ data }) => data.length === 2);
  await page.getByLabel("Other metric as x axis").selectOption("tokens");
  const drawn = await readChart(page, "loss", ({ x }) => x[1] === 98 * 512);
  expect(drawn.data[0]!.slice(0, 3)).toEqual([0, 1024, 2048]);
  // Step 1 stands where step 0 does: the last of one place is drawn, and the others in its stroke.
  expect(drawn.data[1]!.slice(0, 3)).toEqual([99, 97, 95]);
  await page.reload();
  await readChart(page, "loss", ({ x }) => x[1] === 98 * 512);
  const chart = page.locator('[data-chart="loss"]');
  const box = (await chart.locator(".u-over").boundingBox())!;
  await page.mouse.move(box.x + 2, box.y + 30);
  await eventually(() => chart.locator(".tip-place").textContent()).toBe("tokens 0");
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await readChart(page, "loss", ({ x }) => x[1] === 99);
  await page.context().close();
});

test("a logarithmic x axis is fine at its beginning too, leaves out what is not above zero, and zooms by decades", async () => {
  const page = await stage.open("/instances/decades?xlog=1");
  const drawn = await readChart(page, "loss", ({ data }) => [1, 2, 3, 7, 8].every((step) => data[0]!.includes(step)));
  expect(drawn.x[0]).toBe(1);
  expect(drawn.data[0]!.includes(0)).toBe(false);
  expect(drawn.data[1]![drawn.data[0]!.indexOf(7)]).toBe(50);
  const box = (await page.locator('[data-chart="loss"] .u-over').boundingBox())!;
  await page.mouse.move(box.x + 1, box.y + 40);
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -200);
  const zoomed = await readChart(page, "loss", ({ x }) => x[1] < 2000);
  expect(zoomed.x[0]).toBeCloseTo(1, 1);
  await page.context().close();
});

test("what a run left behind when it went back is dashed beside the line as it is at last, and told", async () => {
  const page = await stage.open("/instances/rewound");
  const drawn = await readChart(page, "loss", ({ data }) => data[0]!.length === 80);
  expect(drawn.data[1]!.slice(38, 42)).toEqual([38, 39, 140, 141]);
  await page.getByText("Went back from step 59 to 40: what was left is dashed").waitFor();
  await page.goto(`${stage.url}/instances/long-rewound`);
  const long = await readChart(page, "loss", ({ data }) => data.length === 2 && data[1]!.includes(5));
  const at = (step: number): number | null => long.data[1]![long.data[0]!.findIndex((x) => x! >= step)]!;
  expect([at(5000), at(5900), at(6100), at(8900), at(9500)]).toEqual([1, 1, 5, 5, 5]);
  await page.context().close();
});
