import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, test } from "vitest";
import { openStage, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Makes runs, a training with params and a model, so that each page has all that it can show. */
async function fill(stage: Stage): Promise<void> {
  for (const [i, id] of ["a", "b", "c"].entries()) {
    const run = new Run(stage.url, id, "sweep");
    run.facts({
      name: `run ${id}`,
      tags: ["base"],
      note: "a note",
      params: { lr: i === 0 ? 0.1 : 0.01, opt: { name: i < 2 ? "adam" : "sgd" }, model: "resnet18" },
      ...(i === 2 ? {} : { state: i === 0 ? "failed" : "done", stopTime: new Date().toISOString() }),
      ...(i === 0 ? { end: { exitCode: 1, message: "RuntimeError: out of memory" } } : {}),
      git: { commit: "0123456789abcdef0123456789abcdef01234567", branch: "main", isDirty: true, diff: "-a\n+b\n" },
      os: "Linux 6.1.0 x64",
      paramsRevision: 1,
    });
    for (let step = 0; step < 40; step++) {
      run.points(step, [
        ["train/loss", 3 + i - step / 20],
        ["val/loss", step === 20 ? Number.NaN : 3.2 + i - step / 20],
        ["system/cpu", step, { rank: String(step % 2) }],
      ]);
    }
    run.event({ event: "snapshot", step: 5, file: "model.bin" }).log("epoch 1\n\u001b[32mloss 0.5\u001b[0m\n");
    await run.send();
  }
  const put = (route: string, body: object) =>
    fetch(stage.url + route, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  await put("/v1/trainings/sweep/params", { params: { lr: 0.1 }, note: "base" });
  await put("/v1/trainings/sweep/params", { params: { lr: 0.2 } });
  await put("/v1/evaluations/e/result", { trainingRef: { instanceID: "a" }, model: "m", metric: { top1: 0.5 } });
  const model = { name: "m", type: "caffe", trainingRef: { instanceID: "a" }, file: "file:///m.tar.gz" };
  await fetch(`${stage.url}/v1/models`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(model) });
}

/** Each page, what has come when it is complete, and what is opened on it. */
const PAGES: readonly [address: string, complete: string, open?: string][] = [
  ["/", "[data-instance]"],
  ["/", "[data-instance]", ".filter-box input, .search input"],
  ["/?pick=a&column=at:step@min:val/loss&column=last:val/loss", "[data-field]", ".runs-toolbar summary"],
  ["/?q=nothing", ".message"],
  ["/?training=sweep&group=params.lr", "[data-instance], [data-group], tbody tr"],
  ["/?pick=a&pick=b&show=charts", "canvas"],
  ["/?pick=a&pick=b&pick=c&show=params", "main svg, main canvas, main table"],
  ["/instances/a", "canvas"],
  ["/instances/a?tab=log", ".log, [role=log], pre"],
  ["/instances/a?clip=loss", "canvas", '[data-chart="loss"] summary'],
  ["/instances/a?tab=log&line=loss&at=8", ".log-hits li", ".log-view [aria-expanded]"],
  ["/instances/a?tab=params&base=c", ".params-diff"],
  ["/instances/a?tab=models", "tbody tr"],
  ["/instances/a?tab=events", "tbody tr"],
  ["/models", "tbody tr"],
  ["/models/m", "tbody tr"],
  ["/evaluations", "tbody tr"],
  ["/evaluations/e", ".pairs"],
  ["/instances/nowhere", ".message"],
  ["/nowhere", ".message"],
  ["/trainings/sweep/params?revision=2", ".params-text"],
  ["/new-training", "textarea"],
];

/** @returns what axe finds, a line for each element */
async function findings(page: Page, options: RunOptions): Promise<string[]> {
  const { violations } = await page.evaluate(
    (given) => (globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run(given),
    options,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
}

/** @returns what axe finds on a page in both themes; what is told without colour is looked at once */
export async function findAll(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const light = await findings(page, {});
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await findings(page, { runOnly: ["color-contrast", "link-in-text-block"] });
  return [...light, ...dark.map((line) => `dark: ${line}`)];
}

/** Both languages and both widths of the pages. */
const VIEWS = {
  wideEnglish: { locale: "en-US", viewport: { width: 1440, height: 900 } },
  narrowEnglish: { locale: "en-US", viewport: { width: 390, height: 844 } },
  wideChinese: { locale: "zh-CN", viewport: { width: 1440, height: 900 } },
  narrowChinese: { locale: "zh-CN", viewport: { width: 390, height: 844 } },
} as const satisfies Record<string, BrowserContextOptions>;

/** Adds tests that axe finds nothing in these views, light and dark. */
export function testAccessible(views: readonly (keyof typeof VIEWS)[]): void {
  test.each(views)("axe finds nothing on any page, light and dark: %s", { timeout: 180_000 }, async (view) => {
    const stage = await openStage();
    try {
      await fill(stage);
      const page = await stage.open("/", { colorScheme: "light", reducedMotion: "reduce", ...VIEWS[view] });
      const found: Record<string, string[]> = {};
      for (const [address, complete, open] of PAGES) {
        await page.emulateMedia({ colorScheme: "light" });
        await page.goto(stage.url + address);
        await page.locator(complete).first().waitFor();
        if (open !== undefined) await page.locator(open).first().click();
        const lines = await findAll(page);
        if (lines.length > 0) found[`${address} ${open ?? ""}`] = lines;
      }
      expect(found).toEqual({});
    } finally {
      await stage.close();
    }
  });
}
