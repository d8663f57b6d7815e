import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, type Stage, unanswered } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
afterEach(() => stage.assertNoFaults());

test("the log shows what a terminal would, and follows as the run prints", async () => {
  const run = new Run(stage.url, "printer");
  await run.facts().log("start\n\x1b[31mred\x1b[0m\n 10%\r 50%\r100% done\n进度 1\n").send();
  const page = await stage.open("/instances/printer?tab=log");
  const lines = page.locator(".log-line");
  await eventually(() => lines.allTextContents()).toEqual(["start", "red", "100% done", "进度 1"]);
  expect(await page.locator(".ansi-1").textContent()).toBe("red");
  await run.log("loading 1%").send();
  await eventually(() => lines.last().textContent()).toBe("loading 1%");
  await run.log("\rloading 99%").send();
  await eventually(() => lines.last().textContent()).toBe("loading 99%");
  await page.context().close();
});

test("following stops when the reader scrolls up and goes on when asked", async () => {
  const run = new Run(stage.url, "long-log");
  await run.facts().log(numbered(0, 500)).send();
  const page = await stage.open("/instances/long-log?tab=log");
  const box = page.getByRole("log");
  const distance = (): Promise<number> => box.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight));
  await page.getByText("line 499").waitFor();
  await eventually(distance).toBeLessThan(3);
  await run.log(numbered(500, 600)).send();
  await page.getByText("line 599").waitFor();
  await eventually(distance).toBeLessThan(3);

  await box.hover();
  await page.mouse.wheel(0, -1500);
  const follow = page.getByRole("checkbox", { name: "Follow" });
  await eventually(() => follow.isChecked()).toBe(false);
  const before = await box.evaluate((log) => log.scrollTop);
  await run.log(numbered(600, 700)).send();
  await page.getByText("line 699").waitFor({ state: "attached" });
  expect(await box.evaluate((log) => log.scrollTop)).toBe(before);
  await follow.check();
  await eventually(distance).toBeLessThan(3);
  const height = await box.evaluate((log) => log.clientHeight);
  await page.getByRole("button", { name: "Read with a rule" }).click();
  await eventually(() => box.evaluate((log) => log.clientHeight)).toBeLessThan(height);
  await eventually(distance).toBeLessThan(3);
  expect(await follow.isChecked()).toBe(true);
  await page.context().close();
});

test("a large log keeps the page small, says what is left out, and earlier parts can be reached and shared", async () => {
  const run = new Run(stage.url, "large-log");
  await run.facts().log(numbered(0, 60_000)).send();
  const page = await stage.open("/instances/large-log?tab=log");
  await page.getByText("line 59999").waitFor();
  expect(await page.locator(".log-line").count()).toBeLessThanOrEqual(2000);
  const box = page.getByRole("log");
  await box.evaluate((log) => (log.scrollTop = 0));
  await page.getByText("line 58900", { exact: true }).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("line 0", { exact: true }).waitFor();
  await eventually(() => page.getByText("line 59999").count()).toBe(0);
  expect(new URL(page.url()).searchParams.get("at")).toBe("0");
  await page.getByLabel("Line number").fill("30001");
  await page.keyboard.press("Enter");
  const line = page.getByText("line 30000", { exact: true });
  await line.waitFor();
  await eventually(() => line.getAttribute("data-number")).toBe("30001");
  await page.getByText("Line 30,001").waitFor();
  expect(await page.locator(".log-line").count()).toBeLessThan(7000);
  await page.reload();
  await eventually(() => line.getAttribute("aria-current")).toBe("true");
  const inView = (): Promise<boolean> =>
    line.evaluate((element) => {
      const { top, bottom } = element.parentElement!.getBoundingClientRect();
      const place = element.getBoundingClientRect();
      return place.top >= top && place.bottom <= bottom;
    });
  await eventually(inView).toBe(true);
  await page.getByRole("button", { name: "End" }).click();
  await page.getByText("line 59999").waitFor();
  await page.context().close();
});

test("lines stay where they are when those above them are read, and each is reached by scrolling", async () => {
  const run = new Run(stage.url, "scrolled-log");
  await run.facts().log(numbered(0, 6000)).send();
  const page = await stage.open("/instances/scrolled-log?tab=log");
  await page.getByText("line 5999").waitFor();
  const box = page.getByRole("log");
  /** Number of the line at the top of the box. */
  const top = (): Promise<number> =>
    box.evaluate((log) => {
      const { left, top: y } = log.getBoundingClientRect();
      return Number(
        document
          .elementFromPoint(left + 100, y + 12)
          ?.closest(".log-line")
          ?.textContent?.replace("line ", ""),
      );
    });
  for (let before = await top(); before > 0; ) {
    // At the top of what is read nothing moves before the lines above have come.
    await eventually(() => box.evaluate((log) => log.scrollTop)).toBeGreaterThan(0);
    await box.evaluate((log) => log.scrollBy(0, -3600));
    await eventually(top).not.toBe(before);
    const now = await top();
    expect(before - now).toBeGreaterThan(0);
    // Two hundred lines of 18 pixels, and what is rounded.
    expect(before - now).toBeLessThan(206);
    before = now;
  }
  await page.getByText("line 0", { exact: true }).waitFor();
  await page.context().close();
});

test("a search looks through the whole log on the platform, lists its places and goes to each; it survives an outage", async () => {
  const run = new Run(stage.url, "searched-log");
  let text = "";
  for (let i = 0; i < 50_000; i++) text += i % 10_000 === 77 ? `step ${i} \x1b[31mloss=nan\x1b[0m here\n` : `step ${i} loss=1\n`;
  await run.facts().log(text).send();
  const page = await stage.open("/instances/searched-log?tab=log");
  const search = page.getByRole("searchbox", { name: "Search the log" });
  await search.fill("loss=nan");
  await page.getByText("5 places").waitFor();
  const hits = page.locator(".log-hits li");
  expect(await hits.locator("code").allTextContents()).toEqual(
    [77, 10_077, 20_077, 30_077, 40_077].map((step) => `step ${step} loss=nan here`),
  );
  await hits.nth(2).getByRole("button").click();
  const current = page.locator(".log-line[aria-current]");
  await eventually(() => current.textContent()).toBe("step 20077 loss=nan here");
  await page.getByRole("button", { name: "Next place" }).click();
  await eventually(() => current.textContent()).toBe("step 30077 loss=nan here");
  await page.reload();
  await eventually(() => current.textContent()).toBe("step 30077 loss=nan here");
  await page.getByText("5 places").waitFor();
  await stage.restart(async () => {
    await page.locator(".away").waitFor();
    await search.fill("loss=1");
    await page.getByLabel("Line number").fill("30001");
    await page.keyboard.press("Enter");
    await page.locator(".log-hits").getByText("Searching the log").waitFor();
    await unanswered(page, "/logs");
    expect(await page.getByText(/cannot be reached/).count()).toBe(1);
  });
  await eventually(() => current.textContent()).toBe("step 30000 loss=1");
  await page.getByText("The first 100 places").waitFor();
  await page.getByRole("button", { name: "Search on" }).click();
  await page.getByText("The first 200 places").waitFor();
  await search.fill("no such text");
  await page.getByText("0 places").waitFor();
  stage.assertNoFaults(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|Failed to load resource|net::ERR/);
  await page.context().close();
});

test("a rule is tried on the stored log, its points are added when the reader says so, and undone", async () => {
  const run = new Run(stage.url, "reread-log");
  let text = "";
  for (let i = 0; i < 300; i++) text += `iter ${i}: quality is ${i / 2}\n`;
  await run.facts().log(text).send();
  const page = await stage.open("/instances/reread-log?tab=log");
  await page.getByRole("button", { name: "Read with a rule" }).click();
  const panel = page.getByRole("region", { name: "Read with a rule" });
  const rules = panel.getByRole("textbox");
  await rules.fill("quality is (?<quality");
  await panel.getByRole("button", { name: "Preview" }).click();
  await panel.getByRole("alert").waitFor();
  await rules.fill(String.raw`iter (?<step>\d+): quality is (?<quality>[\d.]+)` + "\nno such (?<thing>\\d+)");
  expect(await panel.getByRole("button", { name: "Add these points" }).isEnabled()).toBe(false);
  await panel.getByRole("button", { name: "Preview" }).click();
  await panel.getByText("300 new points; 0 are there already").waitFor();
  await panel.getByText("This rule has read nothing:").waitFor();
  await panel.getByRole("button", { name: "149.5 at step 299 · Line 300" }).click();
  await eventually(() => page.locator(".log-line[aria-current]").textContent()).toBe("iter 299: quality is 149.5");
  await panel.getByRole("button", { name: "Add these points" }).click();
  await panel.getByText("300 points added").first().waitFor();
  await page.getByRole("tab", { name: /Charts/ }).click();
  await page.locator('[data-chart="quality"]').waitFor();
  await page.getByRole("tab", { name: /Log/ }).click();
  await page.getByRole("button", { name: "Read with a rule" }).click();
  await panel.getByRole("button", { name: "Undo" }).click();
  await panel.getByText("Undone").waitFor();
  stage.assertNoFaults(/400/);
  await page.context().close();
});

test("a rule that was tried while the platform was away is previewed once it is back, and the failure is not told beside the answer", async () => {
  const run = new Run(stage.url, "away-rule");
  await run.facts().log("quality is 1\n").send();
  const page = await stage.open("/instances/away-rule?tab=log");
  await page.getByRole("button", { name: "Read with a rule" }).click();
  const panel = page.getByRole("region", { name: "Read with a rule" });
  await panel.getByRole("textbox").fill(String.raw`quality is (?<quality>\d+)`);
  const preview = panel.getByRole("button", { name: "Preview" });
  await stage.restart(async () => {
    await preview.click();
    await panel.getByText("Try again once it is back.").waitFor();
  });
  let answer = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/reparse", async (route) => {
    await isAsked;
    await route.continue();
  });
  await preview.click();
  await panel.getByText("Reading the log").waitFor();
  expect(await panel.getByRole("alert").count()).toBe(0);
  answer();
  await panel.getByText("1 new point; 0 are there already").waitFor();
  expect(await panel.getByRole("alert").count()).toBe(0);
  stage.assertNoFaults(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|Failed to load resource|net::ERR/);
  await page.context().close();
});

test("a log that is opened while the platform is away is shown once it is back", async () => {
  const run = new Run(stage.url, "away-log");
  await run.facts().log(numbered(0, 3)).send();
  const page = await stage.open("/instances/away-log");
  await page.locator("h1").waitFor();
  await stage.restart(async () => {
    await page.getByRole("tab", { name: /Log/ }).click();
    await page
      .getByText(/cannot be reached/)
      .first()
      .waitFor();
  });
  await page.getByText("line 2").waitFor();
  stage.assertNoFaults(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|Failed to load resource|net::ERR/);
  await page.context().close();
});

test("on a phone a log begins at its end", async () => {
  const run = new Run(stage.url, "phone-log");
  await run.facts().log(numbered(0, 400)).send();
  const page = await stage.open("/instances/phone-log?tab=log", { viewport: { width: 390, height: 844 } });
  await page.getByText("line 399").waitFor();
  const box = page.getByRole("log");
  await eventually(() => box.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight))).toBeLessThan(3);
  expect(await box.evaluate((log) => log.clientHeight)).toBeLessThan(844);
  await page.context().close();
});

function numbered(from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += `line ${i}\n`;
  return text;
}
