import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;
let empty: Stage;

beforeAll(async () => {
  [stage, empty] = await Promise.all([openStage({ token: "a-long-token-for-tests" }), openStage()]);
});
afterAll(() => Promise.all([stage?.close(), empty?.close()]));

test("a platform with a token asks for it, refuses a wrong one and lets the right one in for good", async () => {
  const page = await stage.open("/");
  await page.getByLabel("Access token").fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("This token is not accepted.").waitFor();
  await page.getByLabel("Access token").fill("a-long-token-for-tests");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Instances", level: 1 }).waitFor();
  await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
  await page.reload();
  await page.getByRole("heading", { name: "Instances", level: 1 }).waitFor();
  const [session] = await page.context().cookies();
  expect(session).toMatchObject({ name: "ava_session", httpOnly: true, sameSite: "Strict" });
  expect(session?.value).not.toContain("a-long-token-for-tests");
  const policy = (await page.request.get(stage.url)).headers()["content-security-policy"];
  expect(policy).toMatch(/^default-src 'self';.*frame-ancestors 'none'$/);
  await page.context().close();
  // The browser itself reports each refused request; there must be no other fault.
  stage.assertNoFaults(/401/);
});

test("a session that ends while a quiet page is open leads to the login, and back to the page", async () => {
  const page = await stage.open("/evaluations");
  const logIn = async (): Promise<void> => {
    await page.getByLabel("Access token").fill("a-long-token-for-tests");
    await page.getByRole("button", { name: "Log in" }).click();
  };
  await logIn();
  await page.goto(`${stage.url}/new-training`);
  await eventually(() => page.locator("[data-live]").getAttribute("data-live")).toBe("open");
  await page.context().clearCookies();
  await stage.restart(() => page.locator("[data-live=lost]").waitFor());
  await logIn();
  await page.getByRole("heading", { name: "New training" }).waitFor();
  await page.context().close();
  stage.assertNoFaults(/401|ERR_/);
});

test("an empty platform says how to begin, an unknown instance and an unknown page lead back", async () => {
  const page = await empty.open("/");
  await page.getByText("No instances yet").waitFor();
  await page.goto(`${empty.url}/nowhere`);
  await page.getByRole("link", { name: "Back to all instances" }).click();
  await page.getByText("No instances yet").waitFor();
  empty.assertNoFaults();
  await page.goto(`${empty.url}/instances/nobody`);
  await page.getByText("Nothing here").waitFor();
  empty.assertNoFaults(/404/);
  await page.context().close();
});

test("a platform that goes away is shown as such, and what happened meanwhile is there when it is back", async () => {
  const run = new Run(empty.url, "survivor");
  await run
    .facts()
    .points(0, [["loss", 1]])
    .send();
  const page = await empty.open("/instances/survivor");
  const live = page.locator("[data-live]");
  await readChart(page, "loss", ({ data }) => data[0]!.length === 1);
  await eventually(() => live.getAttribute("data-live")).toBe("open");
  await empty.restart(async () => {
    await eventually(() => live.getAttribute("data-live")).toBe("lost");
  });
  await run.points(1, [["loss", 0.5]]).send();
  await eventually(() => live.getAttribute("data-live")).toBe("open");
  await readChart(page, "loss", ({ data }) => data[0]!.length === 2);
  await page.context().close();
  empty.assertNoFaults(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
});

test("a browser whose clock is an hour ahead tells when a run was heard by the platform's clock", async () => {
  await new Run(empty.url, "on-time").facts().send();
  const page = await empty.open("/nowhere");
  await page.clock.install({ time: Date.now() + 3_600_000 });
  await page.goto(`${empty.url}/instances/on-time`);
  const heard = page.locator(".head-facts div", { hasText: "Last heard" });
  await heard.waitFor();
  await eventually(() => heard.textContent()).toMatch(/^Last heard[\d.]+m?s ago$/);
  await page.context().close();
  empty.assertNoFaults();
});
