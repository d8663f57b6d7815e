import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

/** More than a page of the platform's list, and than one request of the portal's. */
const RUNS = 450;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  const startMs = Date.UTC(2026, 0, 1);
  for (let i = 0; i < RUNS; i += 1) {
    const run = new Run(stage.url, `run-${String(i).padStart(3, "0")}`, "sweep", startMs + i * 60_000);
    const params = {
      ...(i === 0 ? { warmup: "cosine" } : {}),
      lr: i % 3 === 0 ? 0.1 : 0.15,
      opt: { name: i % 2 === 0 ? "adam" : "sgd" },
      seed: i,
      model: "resnet18",
    };
    const state = i % 10 === 0 ? "failed" : "done";
    run.facts({ params, state, stopTime: new Date(startMs + i * 60_000 + 5000).toISOString() });
    await run
      .points(0, [
        ["val/loss", 1000 - i],
        ["acc", i],
      ])
      .send();
  }
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("filter, counts and sort are of all runs, not of those that the page has read", async () => {
  const page = await stage.open("/?training=sweep");
  const rows = page.locator("[data-instance]");
  await eventually(() => page.locator(".page-facts").textContent()).toBe("450 instances");
  await eventually(() => page.getByRole("button", { name: /^Failed/ }).textContent()).toBe("Failed 45");
  await page.keyboard.press("/");
  await page.keyboard.type("lr=0.1");
  await eventually(() => page.locator(".page-facts").textContent()).toBe("150 instances");
  await page.keyboard.press("Enter");
  await page.keyboard.type("seed<3");
  await eventually(() => rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-instance")))).toEqual(["run-000"]);
  await page.keyboard.press("Enter");
  await page.reload();
  await eventually(() => rows.count()).toBe(1);
  await page.getByRole("button", { name: "Remove seed<3" }).click();
  await page.getByRole("button", { name: /val\/loss/ }).click();
  await eventually(() => rows.first().getAttribute("data-instance")).toBe("run-447");
  await page.getByRole("button", { name: /val\/loss/ }).click();
  await eventually(() => rows.first().getAttribute("data-instance")).toBe("run-000");
  expect(page.url()).toContain("sort=-last%3Aval%2Floss");
  await page.context().close();
});

test("a long table makes the rows in view alone, and its end can be reached", async () => {
  const page = await stage.open("/?training=sweep");
  const rows = page.locator("[data-instance]");
  await rows.first().waitFor();
  expect(await rows.count()).toBeLessThan(80);
  const box = page.getByRole("region", { name: "Instances" });
  await eventually(async () => {
    await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    return page.locator('[data-instance="run-000"]').count();
  }).toBe(1);
  expect(await rows.count()).toBeLessThan(80);
  await eventually(() => rows.last().getAttribute("aria-rowindex")).toBe("451");
  await page.context().close();
});

test("all in view that are picked at once are the rows that can be seen, not those that are made beyond them", async () => {
  const page = await stage.open("/?training=sweep");
  await page.locator("[data-instance]").first().waitFor();
  const box = page.getByRole("region", { name: "Instances" });
  for (const top of [0, 4000]) {
    await box.evaluate((element, to) => element.scrollTo(0, to), top);
    const seen = (): Promise<(string | null)[]> =>
      box.evaluate((element) => {
        const above = element.querySelector("thead th")!.getBoundingClientRect().bottom;
        const below = element.getBoundingClientRect().top + element.clientHeight;
        const middle = (row: Element): number => (row.getBoundingClientRect().top + row.getBoundingClientRect().bottom) / 2;
        const rows = [...element.querySelectorAll("[data-instance]")].filter((row) => middle(row) > above && middle(row) < below);
        return rows.map((row) => row.getAttribute("data-instance"));
      });
    await eventually(async () => (await page.locator("[data-instance]").count()) - (await seen()).length).toBeGreaterThan(10);
    // The bar of what is picked moves the table: a second click picks what can be seen then.
    for (let clicks = 0; clicks < 2; clicks++) await page.getByRole("checkbox", { name: "Pick all in view" }).click();
    await page.getByRole("checkbox", { name: "Pick all in view" }).click();
    await eventually(async () => new URL(page.url()).searchParams.getAll("pick").toSorted()).toEqual((await seen()).toSorted());
    await page.getByRole("button", { name: "Clear", exact: true }).click();
  }
  await page.context().close();
});

test("params that vary are columns and equal ones are said once; columns are chosen, and the choice is in the URL", async () => {
  const page = await stage.open("/?training=sweep");
  const headings = (): Promise<string[]> => page.locator("thead .heading-name").allTextContents();
  await eventually(headings).toEqual(["State", "Instance", "val/loss", "lr", "opt.name", "seed", "Started"]);
  expect(await page.locator(".constants").textContent()).toBe("Same in the newest 100: model resnet18");
  await page.locator("summary", { hasText: "Columns" }).click();
  await page.getByRole("checkbox", { name: "acc max" }).check();
  await page.getByRole("checkbox", { name: "seed", exact: true }).uncheck();
  await eventually(headings).toEqual(["State", "Instance", "val/loss", "lr", "opt.name", "acc", "Started"]);
  await eventually(() => page.locator('[data-instance="run-449"] [data-field="max:acc"]').textContent()).toBe("449");
  await page.reload();
  await eventually(headings).toEqual(["State", "Instance", "val/loss", "lr", "opt.name", "acc", "Started"]);
  await page.context().close();
});

test("columns of what a run had where a metric was at its best are chosen, and the whole table is saved as CSV", async () => {
  const page = await stage.open("/?training=sweep&sort=id");
  await page.locator("summary", { hasText: "Columns" }).click();
  await page.getByRole("checkbox", { name: "val/loss step of best" }).check();
  await page.getByRole("checkbox", { name: "acc at best (val/loss)" }).check();
  const row = page.locator('[data-instance="run-007"]');
  await eventually(() => row.locator('[data-field="at:acc@min:val/loss"]').textContent()).toBe("7");
  expect(await row.locator('[data-field="at:step@min:val/loss"]').textContent()).toBe("0");
  await page.getByLabel("At best of").selectOption("acc");
  await page.getByRole("checkbox", { name: "val/loss at best (acc)" }).check();
  await eventually(() => row.locator('[data-field="at:val/loss@max:acc"]').textContent()).toBe("993");
  await page.reload();
  await eventually(() => row.locator('[data-field="at:val/loss@max:acc"]').textContent()).toBe("993");
  await page.getByRole("link", { name: "CSV" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
  const lines = (await text(await download.createReadStream())).trimEnd().split("\n");
  expect([download.suggestedFilename(), lines.length]).toEqual(["sweep.csv", RUNS + 1]);
  expect(lines[0]).toMatch(/^id,training,name,state,.*at:step@min:val\/loss,at:acc@min:val\/loss,at:val\/loss@max:acc$/);
  expect(lines[8]).toMatch(/^run-007,sweep,,done,.*,0,7,993$/);
  await page.context().close();
});

test("a param and a value that only the oldest run has are completed, and can be a column", async () => {
  const page = await stage.open("/?training=sweep&sort=id");
  await page.locator("[data-instance]").first().waitFor();
  const search = page.getByRole("combobox", { name: "Search instances" });
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await eventually(async () => {
    await search.fill("");
    await search.fill("warm");
    return options.allTextContents();
  }).toEqual(["warmup="]);
  await options.click();
  await eventually(() => options.allTextContents()).toEqual(["warmup=cosine"]);
  await options.click();
  await eventually(() => page.locator(".page-facts").first().textContent()).toBe("1 instance");
  await page.locator("summary", { hasText: "Columns" }).click();
  await page.getByRole("checkbox", { name: "warmup" }).check();
  await eventually(() => page.locator('[data-field="params.warmup"]').textContent()).toBe("cosine");
  await page.context().close();
});

test("of a few dozen runs, too, the metric of the oldest alone is completed", async () => {
  for (let i = 0; i < 12; i += 1) {
    const run = new Run(stage.url, `few-${i}`, "few", Date.UTC(2025, 0, 1) + i * 60_000);
    await run
      .facts({ state: "done" })
      .points(0, [[i === 0 ? "bleu" : "acc", i]])
      .send();
  }
  const page = await stage.open("/?training=few&sort=id");
  const search = page.getByRole("combobox", { name: "Search instances" });
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await eventually(async () => {
    await search.fill("");
    await search.fill("ble");
    return options.allTextContents();
  }).toEqual(["bleu<"]);
  await page.context().close();
  await fetch(`${stage.url}/v1/trainings/few`, { method: "DELETE" });
});

test("a bulk action is on all that the filter lets through, also more than can be picked, and is undone", async () => {
  const page = await stage.open("/?training=sweep&sort=id&q=lr%3D0.1");
  await eventually(() => page.locator(".page-facts").first().textContent()).toBe("150 instances");
  await page.getByRole("checkbox", { name: "Pick run-003" }).check();
  await page.getByRole("button", { name: "All 150 that the filter lets through" }).click();
  await page.getByRole("textbox", { name: "Tag" }).fill("swept");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("150 instances tagged swept").waitFor();
  const tagged = async (): Promise<number> =>
    ((await (await fetch(`${stage.url}/v1/instances?limit=1&columns=id&filter=tag%3Dswept`)).json()) as { total: number }).total;
  expect(await tagged()).toBe(150);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("The tag swept is removed from 150 instances").waitFor();
  expect(await tagged()).toBe(0);
  // Of another filter nothing was said.
  await page.getByRole("button", { name: "Remove lr=0.1" }).click();
  await page.getByText("1 picked").waitFor();
  await page.goto(`${stage.url}/?training=sweep&sort=id&q=lr%3D0.1&pick=run-003`);
  await page.getByRole("button", { name: "All 150 that the filter lets through" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("150 instances deleted").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("150 instances restored").waitFor();
  await page.context().close();
});

test("a bulk action that the platform goes away from tells how far it came, and what was done is undone once it is back", async () => {
  const page = await stage.open("/?training=sweep&sort=id&q=lr%3D0.1&pick=run-003");
  const deletions: string[] = [];
  let isBack = false;
  const deleted = async (): Promise<number> =>
    RUNS - ((await (await fetch(`${stage.url}/v1/instances?limit=1&columns=id`)).json()) as { total: number }).total;
  // The platform is away after 40 answers; the 41st is lost on its way.
  await page.route("**/v1/instances/*", async (route) => {
    if (route.request().method() !== "DELETE") return route.continue();
    deletions.push(route.request().url());
    if (deletions.length === 41) await route.fetch();
    return deletions.length > 40 ? route.abort("connectionrefused") : route.continue();
  });
  await page.route("**/restore", (route) => (isBack ? route.continue() : route.abort("connectionrefused")));
  await page.getByRole("button", { name: "All 150 that the filter lets through" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const alarm = page.locator(".notice-alarm");
  await eventually(() => alarm.textContent()).toMatch(/\(40 of 150 done\)/);
  expect(await deleted()).toBe(41);
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually(() => alarm.textContent()).toMatch(/\(0 of \d+ done\)/);
  isBack = true;
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText(/^4[1-4] instances restored/).waitFor();
  expect(await deleted()).toBe(0);
  await page.context().close();
  stage.assertNoFaults(/ERR_|Failed to load|request:/);
});

test("the menus over the table close by Escape and by a click elsewhere; their search box is one line also where little is found", async () => {
  const page = await stage.open("/?training=sweep");
  await page.locator("[data-instance]").first().waitFor();
  const open = page.locator("details[open]");
  for (const name of ["Columns", "Group", "Views"]) {
    const summary = page.locator("summary", { hasText: name });
    await summary.click();
    await eventually(() => open.count()).toBe(1);
    await page.keyboard.press("Escape");
    await eventually(() => open.count()).toBe(0);
    expect(await summary.evaluate((element) => element === document.activeElement)).toBe(true);
    await summary.click();
    await page.locator("h1").click();
    await eventually(() => open.count()).toBe(0);
  }
  await page.locator("summary", { hasText: "Columns" }).click();
  const search = page.getByRole("searchbox", { name: "Search columns" });
  await search.fill("acc");
  const box = await page.locator(".menu-body .search").first().boundingBox();
  expect(box?.height).toBeLessThan(60);
  await page.context().close();
});

test("the list sends the asked columns, not every series", async () => {
  const page = await stage.open("/?training=sweep");
  const isList = (url: string): boolean => new URL(url).searchParams.get("columns")?.includes("heartbeatTime") === true;
  const [answer] = await Promise.all([page.waitForResponse((response) => isList(response.url())), page.reload()]);
  const body = await answer.text();
  expect(body).not.toContain("firstTimeNs");
  const { instances } = JSON.parse(body) as { instances: { values: object }[] };
  expect(Object.keys(instances[0]!.values).sort()).toEqual(
    ["heartbeatTime", "last:val/loss", "params.lr", "params.opt.name", "params.seed", "startTime", "stopTime"].sort(),
  );
  await page.context().close();
});

test("names and values are completed by keyboard, a click on a value filters, and a wrong filter is said in words", async () => {
  const page = await stage.open("/?training=sweep");
  await page.locator("[data-instance]").first().waitFor();
  const box = page.getByRole("combobox", { name: "Search instances" });
  await box.pressSequentially("opt");
  await page.getByRole("option", { name: "opt.name=" }).waitFor();
  await box.press("ArrowDown");
  await box.press("Enter");
  await eventually(() => box.inputValue()).toBe("opt.name=");
  await page.getByRole("option", { name: "opt.name=sgd" }).click();
  await page.getByRole("button", { name: "Remove opt.name=sgd" }).waitFor();
  await eventually(() => page.locator(".page-facts").textContent()).toBe("225 instances");
  await page.locator('[data-instance="run-447"] [data-field="params.lr"] button').click();
  await eventually(() => page.locator(".page-facts").textContent()).toBe("75 instances");
  await page.locator('[data-instance="run-447"] [data-field="params.seed"] button').click({ modifiers: ["Alt"] });
  await eventually(() => page.locator(".page-facts").textContent()).toBe("74 instances");
  await page.getByRole("button", { name: "Remove seed!=447" }).click();
  await box.fill("state=great");
  await page.getByText('"great" is not a state').waitFor();
  expect(await page.locator("[data-instance]").count()).toBeGreaterThan(10);
  await box.fill("");
  await eventually(() => page.getByText('"great" is not a state').count()).toBe(0);
  await box.fill("lr>");
  await box.press("Enter");
  await page.getByText("a value is expected").waitFor();
  await page.getByRole("button", { name: "Remove lr>" }).click();
  await eventually(() => page.getByText("a value is expected").count()).toBe(0);
  await page.context().close();
  stage.assertNoFaults(/400/);
});
