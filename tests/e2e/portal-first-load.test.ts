import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

const GOAL_BYTES = 150_000;
const RUNS = 100;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  for (let i = 0; i < RUNS; i++) {
    const run = new Run(stage.url, `run-${i}`, "digits").facts({ params: { lr: (i + 1) / 1000, seed: i % 4, model: "resnet18" } });
    for (let step = 0; step < 20; step++)
      run.points(step, [
        ["train/loss", 4 / (step + 1) + i / RUNS],
        ["val/loss", 5 / (step + 1) + i / RUNS],
        ["val/accuracy", step / 25],
      ]);
    await run.send();
  }
});
afterAll(() => stage?.close());

/** Counts what comes over the wire, headers too, but for the live stream. */
async function wireOf(page: Page): Promise<{ bytes: number; paths: string[] }> {
  const wire = { bytes: 0, paths: [] as string[] };
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  devtools.on("Network.requestWillBeSent", ({ request }) => wire.paths.push(new URL(request.url).pathname));
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (wire.bytes += encodedDataLength));
  return wire;
}

test("the first page of a hundred runs is less than 150 kB on the wire, code and answers together, and brings no charts", async () => {
  const page = await stage.open("/favicon.svg");
  const wire = await wireOf(page);
  await page.goto(stage.url);
  await page.locator("[data-live=open]").waitFor();
  await eventually(() => page.locator("tbody svg path").count()).toBeGreaterThan(10);
  await page.waitForLoadState("load");
  expect(wire.bytes).toBeGreaterThan(50_000);
  expect(wire.bytes).toBeLessThan(GOAL_BYTES);
  const scripts = (): number => wire.paths.filter((path) => /^\/assets\/.*\.js$/.test(path)).length;
  const before = scripts();
  await page.locator("tbody a[href^='/instances/']").first().click();
  await readChart(page, "loss");
  expect(scripts()).toBeGreaterThan(before);
  stage.assertNoFaults();
  await page.context().close();
});

test("a page whose code is asked for while the platform is away appears once the platform is back", async () => {
  const page = await stage.open("/");
  const link = page.locator("tbody a[href^='/instances/']").first();
  await link.waitFor();
  await stage.restart(async () => {
    await link.click();
    await page.locator("[data-live=lost]").waitFor();
    await page.locator(".skeleton").waitFor();
  });
  await readChart(page, "loss");
  stage.assertNoFaults(/ERR_CONNECTION|Failed to load resource|request:/);
  await page.context().close();
});

test("the other language is loaded when it is chosen", async () => {
  const page = await stage.open("/");
  await page
    .getByRole("button", { name: "中文" })
    .or(page.getByRole("radio", { name: "中文" }))
    .click();
  await page.getByRole("navigation", { name: "训练" }).waitFor();
  await eventually(() => page.evaluate(() => document.documentElement.lang)).toBe("zh");
  stage.assertNoFaults();
  await page.context().close();
});
