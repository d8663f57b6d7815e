import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

test("pages are whole, and tell of no error, where every third answer of a replica or its balancer is 502 or 503", async () => {
  for (const id of ["a", "b"]) {
    const run = new Run(stage.url, id, "sweep").facts({ params: { lr: id === "a" ? 0.1 : 0.2 }, state: "done" });
    await run
      .points(0, [["loss", 1]])
      .points(1, [["loss", 0.5]])
      .log("the only line\n")
      .send();
  }
  const page = await stage.open("/nowhere");
  let asked = 0;
  let refused = 0;
  await page.route(
    (url) => url.pathname.startsWith("/v1/") && url.pathname !== "/v1/live",
    async (route) => {
      if (asked++ % 3 > 0) return route.fallback();
      const json = { error: { code: "stopping", message: "This platform is stopping." } };
      await route.fulfill(refused++ % 2 === 0 ? { status: 503, json } : { status: 502, body: "<h1>Bad Gateway</h1>" });
    },
  );
  await page.goto(`${stage.url}/`);
  for (const id of ["a", "b"]) await page.locator(`[data-instance="${id}"]`).waitFor();
  await page.goto(`${stage.url}/?pick=a&pick=b&show=charts`);
  await readChart(page, "loss", ({ data }) => data.length === 3);
  await page.goto(`${stage.url}/instances/a`);
  await readChart(page, "loss", ({ data }) => data[0]!.length === 2);
  await page.getByRole("tab", { name: /Log/ }).click();
  await page.getByText("the only line").waitFor();
  expect(refused).toBeGreaterThan(3);
  expect(await page.getByRole("alert").count()).toBe(0);
  await page.context().close();
  stage.assertNoFaults(/50[23]/);
});
