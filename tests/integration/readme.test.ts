import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findBlocks, placeOf, readPage } from "./docs/blocks.js";
import { DocsFolder } from "./docs/run-block.js";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
let platform: PlatformProcess;
let folder: DocsFolder;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
  folder = new DocsFolder(platform.url);
});

afterAll(async () => {
  folder.remove();
  await platform.stop();
});

test("what the README tells a newcomer to type works, in its order, beside a platform", async () => {
  for (const block of findBlocks("README.md", readPage("README.md"))) {
    if (block.marker === "save") folder.save(block);
    if (block.marker !== "run" || (block.code.startsWith("python3 ") && !hasPython)) continue;
    // Its platform keeps its data elsewhere.
    const code = block.code.replace("./ava-data", platform.dataDir);
    expect({ place: placeOf(block), ...(await folder.run({ ...block, code })) }).toMatchObject({ exitCode: 0 });
  }
  const series = await platform.get<{ series: { name: string; count: number }[] }>("/v1/instances/first");
  expect(series.series.find(({ name }) => name === "loss")).toMatchObject({ count: 5, last: 0.4 });
}, 120_000);
