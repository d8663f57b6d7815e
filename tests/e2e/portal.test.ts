import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage, sidewaysOverflow } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;
let live: Run;

beforeAll(async () => {
  stage = await openStage();
  live = new Run(stage.url, "live-1", "digits");
  live.facts({ params: { optimizer: { lr: 0.1 }, batch: 32 }, host: "node-7", command: ["python", "train.py", "--name", "a b"] });
  for (let step = 0; step < 30; step++) live.points(step, [["loss", 3 / (step + 1)]]);
  await live.send();
  const failed = new Run(stage.url, "failed-1", "letters");
  failed.facts({ name: "A/B 基线", params: { optimizer: { lr: 0.5 }, batch: 32 } });
  failed.points(0, [["val/loss", Number.NaN]]);
  failed.event({ event: "snapshot", step: 10, file: "model-10.tar.gz" });
  failed.write({ type: "drops", drops: { points: 1200, logBytes: 0, events: 0, reason: "journal full" } });
  failed.facts({
    state: "failed",
    stopTime: new Date().toISOString(),
    end: { exitCode: 137, signal: "SIGKILL", stoppedBy: "grace", message: "out of memory" },
  });
  await failed.send();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("the overview lists instances with state, last loss and the params that tell them apart", async () => {
  const page = await stage.open("/");
  const failed = page.locator('[data-instance="failed-1"]');
  await eventually(() => failed.locator("[data-state]").textContent()).toBe("Failed");
  expect(await failed.locator(".col-id").innerText()).toBe("A/B 基线\nfailed-1 · letters");
  expect(await failed.locator('[data-field="last:val/loss"]').textContent()).toBe("NaN");
  expect(await failed.locator(".col-param").allTextContents()).toEqual(["0.5"]);
  expect(await page.locator('[data-instance="live-1"] [data-field="last:loss"]').textContent()).toBe("0.1");
  expect(await page.locator(".constants").textContent()).toContain("batch 32");
  await page.context().close();
});

test("an instance with a display name is shown by it, its id beside it, and is found by it", async () => {
  const page = await stage.open("/?q=%E5%9F%BA%E7%BA%BF");
  await page.getByText("A/B 基线").click();
  await page.locator("h1").waitFor();
  expect(await page.locator(".instance-title").innerText()).toMatch(/^A\/B 基线\s+failed-1\s/);
  await eventually(() => page.title()).toBe("A/B 基线 · AVA");
  await page.context().close();
});

test("search, state filter and sorting work and are in the URL", async () => {
  const page = await stage.open("/");
  const rows = page.locator("[data-instance]");
  await page.getByRole("button", { name: "Instance", exact: true }).click();
  await eventually(() => rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-instance")))).toEqual(["failed-1", "live-1"]);
  await page.getByRole("button", { name: "Instance", exact: true }).click();
  await eventually(() => rows.first().getAttribute("data-instance")).toBe("live-1");
  await page.keyboard.press("/");
  await page.keyboard.type("optimizer.lr=0.5");
  await eventually(() => rows.count()).toBe(1);
  await page.reload();
  await eventually(() => rows.count()).toBe(1);
  expect(await rows.first().getAttribute("data-instance")).toBe("failed-1");
  await page.getByRole("button", { name: /^Running/ }).click();
  await page.getByText("No instance matches these filters.").waitFor();
  await page.context().close();
});

test("new values, new instances and ends arrive without a reload", async () => {
  const overview = await stage.open("/");
  await eventually(() => overview.locator("[data-live]").getAttribute("data-live")).toBe("open");
  const page = await stage.open("/instances/live-1");
  await readChart(page, "loss", ({ data }) => data[0]!.length === 30);
  live.points(30, [["loss", 0.0625]]);
  await live.send();
  const chart = await readChart(page, "loss", ({ data }) => data[0]!.length === 31);
  expect(chart.data[1]![30]).toBe(0.0625);
  await eventually(() => overview.locator('[data-instance="live-1"] [data-field="last:loss"]').textContent()).toBe("0.0625");

  const second = new Run(stage.url, "live-2", "new-training");
  await second
    .facts()
    .points(0, [["accuracy", 0.5]])
    .send();
  await eventually(() => overview.locator('[data-instance="live-2"]').count()).toBe(1);
  await eventually(() => overview.locator(".trainings").textContent()).toContain("new-training");
  await second.facts({ state: "done", stopTime: new Date().toISOString(), end: { exitCode: 0 } }).send();
  await eventually(() => overview.locator('[data-instance="live-2"] [data-state]').textContent()).toBe("Done");
  await overview.context().close();
  await page.context().close();
});

test("an ended instance says how it ended, what was lost, its params, facts and events", async () => {
  const page = await stage.open("/instances/failed-1");
  await eventually(() => page.locator("[data-end]").textContent()).toBe("Ended by SIGKILL · Killed after the grace periodout of memory");
  expect(await page.locator(".drops").textContent()).toContain("1,200 points. journal full");
  await page.getByRole("tab", { name: /Params/ }).click();
  await page.getByRole("searchbox", { name: "Search params" }).fill("lr");
  await eventually(() => page.locator(".pairs tr").allTextContents()).toEqual(["optimizer.lr0.5"]);
  await page.getByRole("tab", { name: /Facts/ }).click();
  await eventually(() => page.locator(".event").textContent()).toContain("Snapshotstep 10model-10.tar.gz");
  await page.goBack();
  await eventually(() => page.getByRole("tab", { name: /Params/ }).getAttribute("aria-selected")).toBe("true");
  await page.context().close();
});

test("the environment of a run is shown: code with its changes, packages, machine", async () => {
  const run = new Run(stage.url, "where");
  const diff = "diff --git a/train.py b/train.py\n@@ -1 +1 @@\n-lr = 1\n+lr = 2\n";
  await run
    .facts({
      git: { commit: "0123456789012345678901234567890123456789", branch: "main", isDirty: true, diff },
      runtime: { python: "3.11.2" },
      packages: { torch: "2.3.0" },
      os: "Linux 6.1.0 x64",
      cpus: 8,
      memoryBytes: 64_000_000_000,
      gpus: ["NVIDIA A10"],
      state: "failed",
      end: { exitCode: 1, message: "10%|#    |\r55%|##   | stopped" },
    })
    .send();
  const page = await stage.open("/instances/where?tab=events");
  const environment = page.locator(".card", { hasText: "Environment" });
  await environment.waitFor();
  const text = await environment.innerText();
  for (const fact of ["0123456789012345678901234567890123456789", "main", "3.11.2", "Linux 6.1.0 x64", "64 GB", "NVIDIA A10"]) {
    expect(text).toContain(fact);
  }
  await page.getByText("Changes since the commit").click();
  expect(await page.locator(".diff-added").textContent()).toBe("+lr = 2\n");
  await page.getByText(/^Packages/).click();
  await page.getByText("2.3.0").waitFor();
  expect(await page.locator("[data-end] code").textContent()).toBe("55%|##   | stopped");
  await page.context().close();
});

test("every page has a first heading, also while nothing is there to show", async () => {
  for (const path of ["/", "/instances/live-1", "/instances/absent", "/nowhere"]) {
    const page = await stage.open(path);
    await eventually(() => page.locator("h1").count()).toBe(1);
    await page.context().close();
  }
  stage.assertNoFaults(/404/);
});

test("an address that cannot be decoded has the page that says that nothing is there", async () => {
  for (const path of ["/instances/%ff", "/%E0%A4%A", "/trainings/%ff/params", "/alice/digits/runs/%ff", "/experiments/%ff"]) {
    const page = await stage.open(path);
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
    await page.context().close();
  }
  stage.assertNoFaults(/40[04]/);
});

test("a running instance can be asked to stop, after a confirmation", async () => {
  const run = new Run(stage.url, "to-stop");
  await run.facts().send();
  const page = await stage.open("/instances/to-stop");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  const before = (await (await fetch(`${stage.url}/v1/instances/to-stop`)).json()) as { stopRequested?: object };
  expect(before.stopRequested).toBeUndefined();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  await page.getByText(/Stop requested/).waitFor();
  const after = (await (await fetch(`${stage.url}/v1/instances/to-stop`)).json()) as { stopRequested?: object };
  expect(after.stopRequested).toBeDefined();
  await page.context().close();
});

test("the language follows the browser, can be switched and is remembered", async () => {
  const page = await stage.open("/", { locale: "zh-CN" });
  await page.getByRole("heading", { name: "实例", level: 1 }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("zh");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Instances", level: 1 }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Instances", level: 1 }).waitFor();
  await page.context().close();
});

test("the theme follows the system, can be switched and is remembered; charts are painted in its colours", async () => {
  const page = await stage.open("/instances/live-1", { colorScheme: "dark" });
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await background();
  const drawnDark = await readChart(page, "loss");
  expect(drawnDark.pixels[0]).toBeGreaterThan(50);
  await page.getByRole("button", { name: "Light" }).click();
  const light = await background();
  expect(light).not.toBe(dark);
  const drawnLight = await readChart(page, "loss", ({ pixels }) => pixels[0]! > 50);
  expect(drawnLight.pixels[0]).toBeGreaterThan(50);
  await page.reload();
  await eventually(background).toBe(light);
  await page.context().close();
});

test.each([
  [1280, 900],
  [390, 844],
])("nothing sticks out sideways at %d by %d pixels", async (width, height) => {
  for (const path of [
    "/",
    "/instances/live-1",
    "/instances/failed-1?tab=params",
    "/instances/failed-1?tab=events",
    "/instances/live-1?tab=log",
  ]) {
    const page = await stage.open(path, { viewport: { width, height } });
    await page.locator("h1").waitFor();
    expect([path, await sidewaysOverflow(page)]).toEqual([path, 0]);
    await page.context().close();
  }
});

test("the table can be walked with the arrow keys and an instance opened with Enter", async () => {
  const page = await stage.open("/?sort=id");
  await page.getByRole("link", { name: "A/B 基线" }).focus();
  await page.keyboard.press("ArrowDown");
  await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toBe("live-1");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/instances/live-1");
  await page.context().close();
});
