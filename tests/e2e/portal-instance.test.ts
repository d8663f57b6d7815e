import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";
import { isReplicated } from "./stage-platform.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("a running instance tells its epoch, batch, rate and the time that is left, and goes on as it grows", async () => {
  const run = new Run(stage.url, "going").facts({ params: { epochs: 10, lr: 0.1 }, batchOfEpoch: 100 });
  for (let step = 0; step <= 250; step++) run.points(step, [["loss", 1]], Math.floor(step / 100));
  await run.send();
  const page = await stage.open("/instances/going");
  const progress = page.locator("[data-progress]");
  await eventually(() => progress.textContent()).toBe(
    "epoch 3 of 10 · batch 50 of 100 · step 250 of 1,000 · 1 steps/s · about 12m 30s left",
  );
  for (let step = 251; step <= 300; step++) run.points(step, [["loss", 1]], Math.floor(step / 100));
  await run.send();
  await eventually(() => progress.textContent()).toContain("epoch 4 of 10 · batch 0 of 100 · step 300 of 1,000");
  await page.context().close();
});

test("a run whose output says `Epoch 2/300`, and nothing else how long it is, has its progress and the time that is left", async () => {
  const startMs = Date.now() - 20_000;
  const run = new Run(stage.url, "told", "digits", startMs).facts({ params: {} });
  run
    .points(10, [["loss", 1]], 1)
    .points(20, [["loss", 0.5]], 2)
    .log("Epoch 1/300 loss: 1\n\u001b[1mEpoch 2/300\u001b[0m loss: 0.5\n");
  await run.send();
  const page = await stage.open("/instances/told");
  const progress = page.locator("[data-progress]");
  await eventually(() => progress.textContent()).toMatch(/^epoch 2 of 300 · step 20 · .*about 49m 40s left$/);
  run.points(30, [["loss", 0.4]], 3).log("Epoch 3/300\n 5/10 [=====>.....] - ETA: 1s - loss: 0.4\r");
  await run.send();
  await eventually(() => progress.textContent()).toContain("epoch 3 of 300 · batch 5 of 10 · step 30");
  await page.context().close();
});

test("a name that people give to an ended run does not move its end, and a run that is deleted and restored is shown again", async () => {
  const startMs = Date.now() - 3_600_000;
  const run = new Run(stage.url, "ended", "digits", startMs).points(0, [["loss", 1]]);
  await run.facts({ state: "done" }).send();
  const page = await stage.open("/instances/ended");
  await page.locator("canvas").first().waitFor();
  const call = (method: string, path = "", body?: object) =>
    fetch(`${stage.url}/v1/instances/ended${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  const duration = page.locator("dt", { hasText: "Duration" }).locator("xpath=following-sibling::dd[1]");
  await page.clock.setFixedTime(Date.now() + 7_200_000);
  await call("PUT", "", { name: "The good one" });
  await page.getByRole("heading", { name: "The good one" }).waitFor();
  expect(await duration.textContent()).toMatch(/^1h 0/);
  await call("DELETE");
  await eventually(() => page.getByRole("alert").allTextContents()).toContainEqual(expect.stringContaining("was deleted"));
  await call("POST", "/restore");
  await eventually(() => page.getByRole("alert").count()).toBe(0);
  stage.assertNoFaults(/410/);
  await page.context().close();
});

test("the page of a deleted run says until when it can be restored, and brings it back", async () => {
  await new Run(stage.url, "removed")
    .facts({ state: "done" })
    .points(0, [["loss", 1]])
    .send();
  await fetch(`${stage.url}/v1/instances/removed`, { method: "DELETE" });
  const page = await stage.open("/instances/removed");
  await page.getByRole("heading", { name: "This instance was deleted" }).waitFor();
  await page.getByText(/^It can be restored until \w+ \d+, \d{4}.* UTC\.$/).waitFor();
  const chinese = await stage.open("/instances/removed", { locale: "zh-CN" });
  await chinese.getByText(/^可在 \d{4}年\d+月\d+日.* 之前恢复。$/).waitFor();
  await chinese.context().close();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("heading", { name: "removed" }).waitFor();
  await page.locator('[data-chart="loss"]').waitFor();
  stage.assertNoFaults(/410/);
  await page.context().close();
});

test("an instance that failed shows the last lines of its log beside the cause", async () => {
  const run = new Run(stage.url, "broken");
  await run.facts().log("step 1\n 10%\r 20%\rTraceback (most recent call last):\nRuntimeError: CUDA out of memory\n").send();
  await run.facts({ state: "failed", end: { exitCode: 1 } }).send();
  const page = await stage.open("/instances/broken");
  const lines = page.getByRole("region", { name: "Last lines of the log" });
  await eventually(() => lines.textContent()).toBe("step 1\nTraceback (most recent call last):\nRuntimeError: CUDA out of memory");
  await page.getByRole("link", { name: "Open the log" }).click();
  await page.getByRole("log").waitFor();
  await page.context().close();
});

test("params are compared with those of another run of the training, and the URL keeps which", async () => {
  await new Run(stage.url, "base", "sweep").facts({ name: "base run", params: { lr: 0.1, net: { depth: 18 }, old: true } }).send();
  await new Run(stage.url, "other", "sweep").facts({ params: { lr: 0.1, net: { depth: 50 }, seed: 7 } }).send();
  const page = await stage.open("/instances/other?tab=params");
  await page.getByRole("combobox").selectOption({ label: "base run" });
  const rows = page.getByRole("table", { name: "Params that differ from base run" }).locator("tbody tr");
  await eventually(() => rows.allTextContents()).toHaveLength(3);
  expect(await rows.first().allTextContents()).toEqual(["net.depth1850"]);
  await page.reload();
  await eventually(() => rows.allTextContents()).toHaveLength(3);
  await page.goto(`${stage.url}/instances/other?tab=params&base=gone`);
  await page.getByText(/no instance gone/i).waitFor();
  stage.assertNoFaults(/404/);
  await page.context().close();
});

test("a run that a command logged beside its own leads to that one, and back", async () => {
  await new Run(stage.url, "wrapped").facts({ furtherInstances: ["beside-1"] }).send();
  await new Run(stage.url, "beside-1").facts({ mainInstance: "wrapped" }).send();
  const page = await stage.open("/instances/wrapped?tab=events");
  await page.getByRole("region", { name: "Further runs of the command" }).getByRole("link", { name: "beside-1" }).click();
  await eventually(() => page.title()).toContain("beside-1");
  await page.goto(`${stage.url}/instances/beside-1?tab=events`);
  await page.getByRole("region", { name: "Logged by the command of" }).getByRole("link", { name: "wrapped" }).click();
  await eventually(() => page.title()).toContain("wrapped");
  await page.context().close();
});

// Replicas share files in a bucket only, and those of AVA_TEST_REPLICAS have none.
test.skipIf(isReplicated)("files of a run are listed with their sizes, and a link downloads each under its name", async () => {
  await new Run(stage.url, "filed").facts().send();
  const put = (name: string, body: string) => fetch(`${stage.url}/v1/instances/filed/files/${name}`, { method: "PUT", body });
  await put("media/%E5%9B%BE%20%231.txt", "0123456789");
  await put("empty.log", "");
  const page = await stage.open("/instances/filed?tab=events");
  const items = page.getByRole("region", { name: "Files" }).getByRole("listitem");
  await eventually(() => items.allTextContents()).toEqual(["empty.log0 B", "media/图 #1.txt10 B"]);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "media/图 #1.txt" }).click()]);
  expect([download.suggestedFilename(), await text(await download.createReadStream())]).toEqual(["图 #1.txt", "0123456789"]);
  await page.context().close();
});
