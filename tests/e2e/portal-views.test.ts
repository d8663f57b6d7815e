import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  for (let i = 0; i < 8; i += 1) {
    const run = new Run(stage.url, `run-${i}`, "sweep", Date.UTC(2026, 0, 1, i));
    const params = { lr: i < 4 ? 0.1 : 0.001, opt: i % 2 === 0 ? "adam" : "sgd", seed: i };
    run.facts({ params, state: "done", ...(i === 7 ? { tags: ["base line"], note: "the best so far" } : {}) });
    await run.points(0, [["loss", i]]).send();
  }
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

const ids = (page: Awaited<ReturnType<Stage["open"]>>): Promise<(string | null)[]> =>
  page.locator("[data-instance]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-instance")));

test("a view is saved on the platform, opened, renamed and deleted, with a way back", async () => {
  const page = await stage.open("/?training=sweep&q=lr%3D0.1&state=done&sort=-last%3Aloss&column=params.seed&keep=run-7");
  await eventually(() => ids(page)).toEqual(["run-7", "run-3", "run-2", "run-1", "run-0"]);
  const summary = page.locator("summary", { hasText: "Views" });
  await summary.click();
  await page.getByRole("textbox", { name: "Name of the view" }).fill("低 lr");
  await page.keyboard.press("Enter");
  await page.getByText("Saved as 低 lr").waitFor();
  const view = { training: "sweep", filter: "params.lr=0.1 state=done", sort: "-last:loss", columns: "params.seed", pinned: ["run-7"] };
  expect(await (await fetch(`${stage.url}/v1/views`)).json()).toMatchObject({ views: [{ name: "低 lr", ...view }] });

  const other = await stage.open("/");
  await other.locator("summary", { hasText: "Views" }).click();
  await other.getByRole("button", { name: "低 lr", exact: true }).click();
  await eventually(() => ids(other)).toEqual(["run-7", "run-3", "run-2", "run-1", "run-0"]);
  await other.getByRole("button", { name: "Remove params.lr=0.1" }).waitFor();
  await other.locator("summary", { hasText: "Views" }).click();
  await other.getByRole("button", { name: "Rename 低 lr" }).click();
  await other.getByRole("textbox", { name: "New name" }).fill("low");
  await other.keyboard.press("Enter");
  await other.getByRole("button", { name: "low", exact: true }).waitFor();
  await other.getByRole("button", { name: "Delete the view low" }).click();
  await other.getByText("The view low is deleted").waitFor();
  await eventually(() => other.getByRole("button", { name: "low", exact: true }).count()).toBe(0);
  await other.getByRole("button", { name: "Undo" }).click();
  await other.getByRole("button", { name: "low", exact: true }).waitFor();
  for (const one of [page, other]) await one.context().close();
});

test("runs are grouped by params, with mean and spread; a group shows its runs, which are picked together", async () => {
  const page = await stage.open("/?training=sweep");
  await page.locator("summary", { hasText: "Group" }).click();
  await page.getByRole("checkbox", { name: "lr", exact: true }).check();
  const groups = page.locator("[data-group]");
  await eventually(() => groups.evaluateAll((rows) => rows.map((row) => row.getAttribute("data-group")))).toEqual(["lr 0.001", "lr 0.1"]);
  expect(await groups.first().locator(".col-spread").textContent()).toBe("5.5 ± 1.291 [4 … 7]");
  await page.locator("summary", { hasText: "Group" }).click();
  await page.getByRole("button", { name: /^loss/ }).click();
  await eventually(() => groups.first().getAttribute("data-group")).toBe("lr 0.1");
  await page.getByRole("button", { name: "Show or hide the instances of lr 0.1" }).click();
  await eventually(() => ids(page)).toEqual(["run-3", "run-2", "run-1", "run-0"]);
  await page.getByRole("checkbox", { name: "Pick all of lr 0.1" }).check();
  await page.getByText("4 picked").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await eventually(() => ids(page)).toEqual(["run-3", "run-2", "run-1", "run-0"]);
  const cells = await groups.first().locator("td, th").all();
  const lefts = await Promise.all(cells.map(async (cell) => (await cell.boundingBox())!.x));
  expect(lefts).toEqual([...new Set(lefts)].toSorted((a, b) => a - b));
  await page.context().close();
});

test("a group says of how many of its runs a mean is, where one diverged", async () => {
  for (const [id, loss] of [
    ["mean-a", 1],
    ["mean-b", 3],
    ["mean-c", Number.NaN],
  ] as const) {
    await new Run(stage.url, id, "diverged", Date.UTC(2026, 0, 1))
      .facts({ params: { lr: 1 } })
      .points(0, [["loss", loss]])
      .send();
  }
  const page = await stage.open("/?training=diverged&group=params.lr&column=last:loss");
  await eventually(() => page.locator("[data-group] .col-spread").textContent()).toBe("2 ± 1.414 [1 … 3] (2 of 3)");
  await page.context().close();
});

test("rows are picked, pinned and deleted by keyboard, and deleting is undone", async () => {
  const page = await stage.open("/?training=sweep&sort=id");
  await page.getByRole("link", { name: "run-1" }).focus();
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByText("2 picked").waitFor();
  await page.keyboard.press("p");
  await eventually(async () => (await ids(page))[0]).toBe("run-2");
  await page.keyboard.press("Delete");
  await page.getByText("2 instances deleted").waitFor();
  await eventually(() => page.locator(".page-facts").first().textContent()).toBe("6 instances");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("2 instances restored").waitFor();
  await eventually(() => page.locator(".page-facts").first().textContent()).toBe("8 instances");
  await page.getByRole("checkbox", { name: "Pick run-0" }).check();
  await page.getByRole("checkbox", { name: "Pick run-5" }).click({ modifiers: ["Shift"] });
  await page.getByText("6 picked").waitFor();
  await page.keyboard.press("Escape");
  await eventually(() => page.getByText("6 picked").count()).toBe(0);
  await page.context().close();
});

test("what cannot be deleted while the platform is away is said, and stays picked", async () => {
  const page = await stage.open("/?training=sweep&sort=id");
  await page.getByRole("checkbox", { name: "Pick run-6" }).check();
  await stage.restart(async () => {
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.locator(".notice-alarm").waitFor();
    expect(await page.getByRole("checkbox", { name: "Pick run-6" }).isChecked()).toBe(true);
  });
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("1 instance deleted").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("1 instance restored").waitFor();
  await page.context().close();
  stage.assertNoFaults(/ERR_|Failed to load|request:/);
});

test("tags and notes are changed in the list, of one run and of several; a click on a tag filters", async () => {
  const page = await stage.open("/?training=sweep&sort=id");
  const row = page.locator('[data-instance="run-3"]');
  await row.hover();
  await page.getByRole("button", { name: "Tags and note of run-3" }).click();
  await page.getByRole("textbox", { name: "Tags" }).fill("good, 第二次");
  await page.getByRole("textbox", { name: "Note" }).fill("again with more data");
  await page.getByRole("button", { name: "Save" }).click();
  await eventually(() => row.locator(".row-tag").allTextContents()).toEqual(["good", "第二次"]);
  expect(await row.locator(".row-note").textContent()).toBe("again with more data");
  for (const id of ["run-3", "run-4"]) await page.getByRole("checkbox", { name: `Pick ${id}` }).check();
  await page.getByRole("textbox", { name: "Tag" }).fill("good");
  await page.keyboard.press("Enter");
  await page.getByText("1 instance tagged good").waitFor();
  await page.locator('[data-instance="run-4"] .row-tag').click();
  await eventually(() => ids(page)).toEqual(["run-3", "run-4"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually(() => ids(page)).toEqual(["run-3"]);
  await page.context().close();
});

test("what the reader looks at stays where it is while new runs come in front", async () => {
  for (let i = 0; i < 60; i += 1) {
    await new Run(stage.url, `long-${String(i).padStart(2, "0")}`, "long", Date.UTC(2026, 1, 1, 0, i)).facts({ state: "done" }).send();
  }
  const page = await stage.open("/?training=long");
  const box = page.getByRole("region", { name: "Instances" });
  await page.locator("[data-instance]").first().waitFor();
  await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
  await box.evaluate((element) => element.scrollTo(0, 1200));
  const top = (): Promise<number> =>
    page.locator('[data-instance="long-25"]').evaluate((row) => Math.round(row.getBoundingClientRect().top));
  const before = await top();
  for (let i = 60; i < 63; i += 1) {
    await new Run(stage.url, `long-${i}`, "long", Date.UTC(2026, 1, 1, 0, i)).facts({ state: "done" }).send();
  }
  await eventually(() => page.locator(".page-facts").first().textContent()).toBe("63 instances");
  await eventually(top).toBe(before);
  await page.context().close();
});

test("a view that cannot be saved while the platform is away is told, not that none is saved; the saved ones come once it is back", async () => {
  const page = await stage.open("/?training=sweep");
  await page.locator("[data-instance]").first().waitFor();
  const menu = page.locator("details", { hasText: "Views" });
  const open = (): Promise<void> => menu.locator("summary").click();
  await open();
  await menu.getByRole("textbox").fill("kept");
  await menu.getByRole("textbox").press("Enter");
  await menu.getByText("kept", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.locator("[data-instance]").first().waitFor();
  await stage.restart(async () => {
    await page.getByText("The platform cannot be reached").first().waitFor();
    await open();
    await menu.getByRole("textbox").fill(" \u3000");
    expect(await menu.locator("input:invalid").count()).toBe(1);
    await menu.getByRole("textbox").fill("lost");
    await menu.getByRole("textbox").press("Enter");
    await page.getByText("Try again once it is back.").waitFor();
    expect(await menu.getByText("No view is saved yet").count()).toBe(0);
    expect(await menu.getByRole("textbox").inputValue()).toBe("lost");
  });
  await menu.getByText("kept", { exact: true }).waitFor();
  await menu.getByRole("textbox").press("Enter");
  await menu.getByText("lost", { exact: true }).waitFor();
  for (const name of ["kept", "lost"]) await fetch(`${stage.url}/v1/views/${name}`, { method: "DELETE" });
  stage.assertNoFaults(/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/);
  await page.context().close();
});
