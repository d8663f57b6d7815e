import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { eventually, openStage, type Stage, sidewaysOverflow } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults(/the server responded with a status of (404|409)/));

const TEXT = '{\n  "lr": 0.10,\n  "seed": 9223372036854775807\n}\n';

async function paramsOf(training: string): Promise<{ revision: number; paramsText: string; note?: string }> {
  return (await (await fetch(`${stage.url}/v1/trainings/${encodeURIComponent(training)}/params`)).json()) as ReturnType<typeof paramsOf>;
}

async function put(training: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${stage.url}/v1/trainings/${training}/params`, { method: "PUT", headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
}

test("a training is made with a params file, a note and a name in any language, and a run of it gets the params", async () => {
  const page = await stage.open("/");
  await page.getByRole("link", { name: "New training" }).click();
  await page.getByLabel("Name", { exact: true }).fill("检测/1");
  await page.getByLabel("Note", { exact: true }).fill("first try");
  await page.getByLabel("Display name").fill("目标检测");
  await page.getByLabel("Params", { exact: true }).fill('{"lr": 0.1,\n "seed": 1,}');
  await eventually(() => page.getByText(/Line 2, column/).textContent()).toMatch(/Line 2, column 11: a comma before/);
  expect(await page.getByRole("button", { name: "Create training" }).isDisabled()).toBe(true);
  const file = path.join(mkdtempSync(path.join(tmpdir(), "ava-params-")), "base.json");
  writeFileSync(file, TEXT);
  await page.getByLabel("Open a file").setInputFiles(file);
  await eventually(() => page.getByText("Valid JSON, 2 params").count()).toBe(1);
  await page.getByRole("button", { name: "Create training" }).click();
  await eventually(() => page.getByRole("alert").textContent()).toContain('has a "/" in it');
  await page.getByLabel("Name", { exact: true }).fill("检测 1");
  await page.getByRole("button", { name: "Create training" }).click();
  await page.getByRole("heading", { level: 1, name: "目标检测" }).waitFor();
  await eventually(() => page.getByRole("navigation", { name: "Trainings" }).getByText("目标检测").count()).toBe(1);
  expect(await paramsOf("检测 1")).toMatchObject({ revision: 1, paramsText: TEXT });

  const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: stage.url };
  const run = [
    "run",
    "--training",
    "检测 1",
    "--id",
    "made",
    "--set",
    "lr=0.2",
    "--",
    "cat",
    path.join(env.AVA_WORKSPACE, "params/default.json"),
  ];
  expect((await runAva(run, env)).stdout.toString()).toBe(TEXT);
  await page.goto(`${stage.url}/instances/made?tab=params`);
  await page.getByRole("heading", { name: "Changed for this run" }).waitFor();
  expect(await page.locator(".params-diff tbody").innerText()).toMatch(/lr\s+0\.10\s+0\.2/);
  await page.getByRole("link", { name: /Started with revision 1 of the params of 检测 1/ }).click();
  await eventually(() => page.getByRole("button", { name: /^Revision 1/ }).getAttribute("aria-expanded")).toBe("true");
  await page.context().close();
});

test("params are changed as a new revision with its reason, and any two revisions are compared, at an address", async () => {
  await put("edited", { paramsText: TEXT, note: "base" });
  await put("edited", { paramsText: TEXT.replace("0.10", "0.3") });
  const page = await stage.open("/trainings/edited/params");
  const editor = page.getByLabel("Params", { exact: true });
  expect(await page.getByRole("button", { name: "Save as a new revision" }).isDisabled()).toBe(true);
  await editor.fill(TEXT.replace("0.10", "0.5"));
  expect(await page.locator(".params-diff tbody").innerText()).toMatch(/lr\s+0\.3\s+0\.5/);
  await page.getByLabel("What is changed, and why").fill("faster");
  await page.getByRole("button", { name: "Save as a new revision" }).click();
  await page.getByRole("button", { name: /^Revision 3.*faster/ }).click();
  await eventually(() => page.locator(".revision-diff .params-diff tbody").innerText()).toMatch(/lr\s+0\.3\s+0\.5/);
  await page.getByLabel("Compare with").selectOption("Revision 1");
  await eventually(() => page.locator(".revision-diff .params-diff tbody").innerText()).toMatch(/lr\s+0\.10\s+0\.5/);
  await page.reload();
  await eventually(() => page.locator(".revision-diff .params-diff tbody").innerText()).toMatch(/lr\s+0\.10\s+0\.5/);
  expect(await page.locator(".params-text").innerText()).toContain("9223372036854775807");
  await page.context().close();
});

test("of two people who edit at once the second is told, keeps the text and sees what differs", async () => {
  await put("shared", { paramsText: '{"a": 1}' });
  const page = await stage.open("/trainings/shared/params");
  await page.getByLabel("Params", { exact: true }).fill('{"a": 3}');
  await put("shared", { paramsText: '{"a": 2}' });
  await page.getByRole("button", { name: "Save as a new revision" }).click();
  await eventually(() => page.getByRole("alert").allTextContents()).toContainEqual(expect.stringContaining("revision 2 meanwhile"));
  expect(await page.getByLabel("Params", { exact: true }).inputValue()).toBe('{"a": 3}');
  expect(await page.locator(".params-diff tbody").innerText()).toMatch(/a\s+2\s+3/);
  await page.getByRole("button", { name: "Save as a new revision" }).click();
  await eventually(() => paramsOf("shared")).toMatchObject({ revision: 3, paramsText: '{"a": 3}' });
  await page.context().close();
});

test("what happens to a training while its page is open is shown: new runs, and what other people save; a text that is being edited stays", async () => {
  await put("watched", { paramsText: '{"a": 1}' });
  const page = await stage.open("/trainings/watched/params");
  const text = page.getByLabel("Params", { exact: true });
  await eventually(() => text.inputValue()).toBe('{"a": 1}');
  await new Run(stage.url, "watched-run", "watched").facts().send();
  await page.getByRole("link", { name: /1 instance/ }).waitFor();
  await put("watched", { paramsText: '{"a": 2}', note: "by another person" });
  await page.getByText("by another person").waitFor();
  await eventually(() => text.inputValue()).toBe('{"a": 2}');
  await text.fill('{"a": 5}');
  await put("watched", { paramsText: '{"a": 3}' });
  await eventually(() => page.getByRole("alert").allTextContents()).toContainEqual(expect.stringContaining("revision 3 meanwhile"));
  expect(await text.inputValue()).toBe('{"a": 5}');
  expect(await page.locator(".params-diff tbody").innerText()).toMatch(/a\s+3\s+5/);
  await page.getByRole("button", { name: "Save as a new revision" }).click();
  await eventually(() => paramsOf("watched")).toMatchObject({ revision: 4, paramsText: '{"a": 5}' });
  await eventually(() => page.getByRole("alert").allTextContents()).toEqual([""]);
  await page.context().close();
});

test("a platform that is away while params are saved is said, the text stays, and saving works again", async () => {
  await put("away", { paramsText: '{"a": 1}' });
  const page = await stage.open("/trainings/away/params");
  await page.getByLabel("Params", { exact: true }).fill('{"a": 2}');
  await stage.restart(async () => {
    await page.getByRole("button", { name: "Save as a new revision" }).click();
    await eventually(() => page.getByRole("alert").allTextContents()).toContainEqual(
      expect.stringMatching(/cannot be reached|not answer/i),
    );
  });
  await page.getByRole("button", { name: "Save as a new revision" }).click();
  await eventually(() => paramsOf("away")).toMatchObject({ revision: 2 });
  stage.assertNoFaults(/./);
  await page.context().close();
});

test("display name and note of a training are changed; an unknown training is said; phones need no sideways scrolling", async () => {
  await put("named", { paramsText: '{"a": 1}' });
  const page = await stage.open("/trainings/named/params", { viewport: { width: 390, height: 844 } });
  await page.getByLabel("Display name").fill("Named well");
  await page.getByLabel("Note", { exact: true }).fill("line one\nline two");
  await page.getByLabel("Days that runs are kept").fill("90");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Named well" }).waitFor();
  expect(await (await fetch(`${stage.url}/v1/trainings/named`)).json()).toMatchObject({ note: "line one\nline two", retentionDays: 90 });
  expect(await sidewaysOverflow(page)).toBe(0);
  await page.goto(`${stage.url}/trainings/nowhere/params`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toMatch(/not/i);
  await page.context().close();
});
