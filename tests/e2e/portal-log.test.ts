import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, openStage, type Stage } from "./portal-browser.js";
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
  await page.context().close();
});

test("a large log keeps the page small, says what is left out, and earlier parts can be reached and shared", async () => {
  const run = new Run(stage.url, "large-log");
  await run.facts().log(numbered(0, 60_000)).send();
  const page = await stage.open("/instances/large-log?tab=log");
  await page.getByText("line 59999").waitFor();
  expect(await page.locator(".log-line").count()).toBeLessThanOrEqual(2000);
  await page.getByRole("button", { name: "Show earlier" }).click();
  await page.getByRole("button", { name: "Back to the end" }).waitFor();
  expect(new URL(page.url()).searchParams.get("at")).not.toBeNull();
  await eventually(() => page.getByText("line 59999").count()).toBe(0);
  await page.reload();
  await page.getByRole("button", { name: "Back to the end" }).click();
  await page.getByText("line 59999").waitFor();
  await page.getByRole("searchbox", { name: "Filter lines" }).fill("line 5999");
  await eventually(() => page.locator(".log-line").count()).toBe(10);
  await page.context().close();
});

test("a log that is opened while the platform is away is shown once it is back", async () => {
  const run = new Run(stage.url, "away-log");
  await run.facts().log(numbered(0, 3)).send();
  const page = await stage.open("/instances/away-log");
  await page.locator("h1").waitFor();
  await stage.restart(async () => {
    await page.getByRole("tab", { name: /Log/ }).click();
    await page.getByText(/could not answer/).waitFor();
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
