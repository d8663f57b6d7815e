import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openStage, type Stage, sidewaysOverflow } from "./portal-browser.js";
import { Run } from "./portal-run.js";

const TOKEN = "a-long-token-for-tests";
const content = randomBytes(200_000);

let stage: Stage;
let storage: string;

beforeAll(async () => {
  stage = await openStage();
  storage = realpathSync(mkdtempSync(path.join(tmpdir(), "ava-models-")));
});
afterAll(async () => {
  await stage?.close();
  rmSync(storage, { recursive: true, force: true });
});
afterEach(() => stage.assertNoFaults());

/** Stores a file as the SDK does and registers it. @returns address of its file that works without a token */
async function registerModel(url: string, instance: string, epoch: number): Promise<string> {
  const name = `${instance}-snapshot-model:epoch_${epoch}`;
  const key = `ava/default/models/${name}/snapshots/model.tar.gz`;
  const file = path.join(storage, key);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  const answer = await fetch(`${url}/v1/models`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({
      name,
      type: "snapshot",
      file: pathToFileURL(file).href,
      key,
      hash: createHash("sha256").update(content).digest("hex"),
      bytes: content.length,
      trainingRef: { instanceID: instance, training: "digits", metric: { epoch, batch: epoch * 100 } },
    }),
  });
  return url + ((await answer.json()) as { download: string }).download;
}

test("a stored model appears in its run without a reload, and its file can be downloaded", async () => {
  // A run that has ended: nothing but the live change makes the page ask again.
  await new Run(stage.url, "with-models").facts({ state: "done", end: { exitCode: 0 } }).send();
  const page = await stage.open("/instances/with-models?tab=models");
  await page.getByText("No models yet").waitFor();
  await registerModel(stage.url, "with-models", 1);
  await registerModel(stage.url, "with-models", 2);
  const row = page.locator('[data-model="with-models-snapshot-model:epoch_2"]');
  await row.waitFor();
  expect(await row.textContent()).toMatch(/epoch_2 v1epoch 2 · step 200200 kB.*Download$/);
  expect(await page.locator("[data-model]").first().getAttribute("data-model")).toContain("epoch_2");
  const [download] = await Promise.all([page.waitForEvent("download"), row.getByRole("link", { name: /^Download/ }).click()]);
  expect(download.suggestedFilename()).toBe("with-models-snapshot-model_epoch_2.tar.gz");
  expect(readFileSync(await download.path()).equals(content)).toBe(true);
  await page.context().close();
});

test("models and evaluations have pages of their own, which lead to their run and back, by keyboard too", async () => {
  await new Run(stage.url, "evaluated").facts({ state: "done" }).send();
  await registerModel(stage.url, "evaluated", 1);
  const model = "evaluated-snapshot-model:epoch_1";
  const page = await stage.open("/evaluations");
  await page.getByText("No evaluations yet").waitFor();
  const result = { trainingRef: { instanceID: "evaluated" }, model, metric: { top1: 0.75, each: { cat: 0.5 } }, scoreFile: "qiniu://x" };
  await fetch(`${stage.url}/v1/evaluations/of%2Fmine/result`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(result),
  });
  const row = page.locator("[data-evaluation]");
  await row.waitFor();
  expect(await row.textContent()).toContain("top1 0.75 · each.cat 0.5");
  await row.getByRole("link", { name: "of/mine" }).press("Enter");
  await page.getByRole("cell", { name: "qiniu://x" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/evaluations/of%2Fmine");
  await page.getByRole("link", { name: model }).click();
  await page.getByRole("link", { name: `Download ${model}` }).waitFor();
  await page.locator("main").getByRole("link", { name: "evaluated", exact: true }).click();
  await page.getByRole("tab", { name: /Models/ }).click();
  await page.getByRole("link", { name: "of/mine" }).waitFor();
  await page.getByRole("navigation", { name: "Trainings" }).getByRole("link", { name: "Models" }).click();
  await page.locator(`[data-model="${model}"]`).getByRole("link", { name: "evaluated", exact: true }).waitFor();
  await page.goto(`${stage.url}/models/none`);
  await page.getByText("Nothing here").waitFor();
  stage.assertNoFaults(/404/);
  await page.setViewportSize({ width: 320, height: 700 });
  for (const address of ["/models", `/models/${model}`, "/evaluations", "/evaluations/of%2Fmine"]) {
    await page.goto(stage.url + address);
    await page.locator("tbody tr").first().waitFor();
    expect([address, await sidewaysOverflow(page)]).toEqual([address, 0]);
  }
  await page.context().close();
});

test("pages of models, evaluations and params fit a phone where names are one long word, in Chinese too", async () => {
  const id = `run_${"of_one_long_word_".repeat(5)}`;
  await registerModel(stage.url, id, 7);
  const result = { trainingRef: { instanceID: id }, metric: { [id]: 0.5 } };
  const headers = { "content-type": "application/json" };
  await fetch(`${stage.url}/v1/evaluations/${id}/result`, { method: "PUT", headers, body: JSON.stringify(result) });
  await new Run(stage.url, id, id).facts().send();
  const page = await stage.open(`/instances/${id}?tab=models`, { viewport: { width: 390, height: 844 }, locale: "zh-CN" });
  await page.getByRole("link", { name: /^下载/ }).waitFor();
  await page.getByText("第 7 轮").waitFor();
  for (const address of [undefined, "/models", "/evaluations", `/evaluations/${id}`, `/trainings/${id}/params`]) {
    if (address !== undefined) await page.goto(stage.url + address);
    await page.getByText(id).first().waitFor();
    expect([address, await sidewaysOverflow(page)]).toEqual([address, 0]);
  }
  // The training has no params.
  stage.assertNoFaults(/404/);
  await page.context().close();
});

test("long lists begin with 100 entries and are searched by words in the address; names have their own page whatever is in them", async () => {
  const names = ["a%2Fb", ...Array.from({ length: 120 }, (_, i) => `many-${i}`)];
  for (const name of names) {
    const headers = { "content-type": "application/json" };
    await fetch(`${stage.url}/v1/evaluations/${encodeURIComponent(name)}/result`, { method: "PUT", headers, body: '{"model":"m"}' });
  }
  const page = await stage.open("/evaluations");
  const rows = page.locator("[data-evaluation]");
  await rows.first().waitFor();
  expect(await rows.count()).toBe(100);
  await page.getByRole("button", { name: /^Show \d+ more$/ }).click();
  expect(await rows.count()).toBeGreaterThanOrEqual(names.length);
  await page.getByRole("searchbox").fill("MANY-11 m");
  expect(await rows.count()).toBe(11);
  await page.getByText(/^11 of \d+$/).waitFor();
  expect(new URL(page.url()).search).toBe("?q=MANY-11+m");
  await page.getByRole("searchbox").fill("no such");
  await page.getByText("Nothing matches").waitFor();
  await page.getByRole("searchbox").fill("a%2F");
  await page.getByRole("link", { name: "a%2Fb" }).click();
  await page.getByRole("heading", { name: "a%2Fb" }).waitFor();
  await page.goBack();
  await rows.first().waitFor();
  expect(await rows.count()).toBe(1);
  await page.context().close();
});

test("on a platform with a token the page's link works by its cookie and the signed one by itself", async () => {
  const closed = await openStage({ token: TOKEN });
  try {
    const link = await registerModel(closed.url, "guarded", 1);
    const signed = await fetch(link);
    expect([signed.status, Buffer.from(await signed.arrayBuffer()).equals(content)]).toEqual([200, true]);
    expect((await fetch(link.replace(/sign=.*/, ""))).status).toBe(401);
    await fetch(`${closed.url}/v1/instances/guarded`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
      body: "{}",
    });
    const page = await closed.open("/instances/guarded?tab=models");
    await page.getByLabel("Access token").fill(TOKEN);
    await page.getByRole("button", { name: "Log in" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Download/ }).click()]);
    expect(readFileSync(await download.path()).equals(content)).toBe(true);
  } finally {
    await closed.close();
  }
});
