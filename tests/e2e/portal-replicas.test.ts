import { afterAll, beforeAll, describe, test } from "vitest";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { PostgresProcess } from "../processes/postgres.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { openStage, readChart, type Stage } from "./portal-browser.js";
import { Run } from "./portal-run.js";

describe.skipIf(POSTGRES_BIN === undefined)("the portal of one replica", () => {
  let server: PostgresProcess;
  let stage: Stage;
  let other: PlatformProcess;

  beforeAll(async () => {
    server = await PostgresProcess.start();
    const database = server.url(await server.database());
    stage = await openStage({ database });
    other = new PlatformProcess(await freePort(), { database });
    await other.start();
  });
  afterAll(async () => {
    await stage?.close();
    await other?.stop();
    await server?.remove();
  });

  test("shows live what trainings send to another", async () => {
    const list = await stage.open("/");
    await list.getByText("No instances yet").waitFor();
    const run = new Run(other.url, "elsewhere");
    await run
      .facts()
      .points(0, [["loss", 1]])
      .send();
    await list.getByRole("link", { name: "elsewhere" }).waitFor();
    const page = await stage.open("/instances/elsewhere");
    await readChart(page, "loss", ({ data }) => data[0]!.length === 1);
    for (let step = 1; step <= 3; step++) {
      await run.points(step, [["loss", 1 / step]]).send();
      await readChart(page, "loss", ({ data }) => data[0]!.length === step + 1);
    }
    await list.context().close();
    await page.context().close();
    stage.assertNoFaults();
  });
});
