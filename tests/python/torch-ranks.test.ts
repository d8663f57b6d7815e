import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { type ExportedPoint, freePort, PlatformProcess } from "../processes/platform.js";
import { agentsOf, pythonEnvironment, startPython } from "../processes/python.js";
import { DEBIAN_PYTHON, findFramework } from "./frameworks.js";

const RANKS = 3;
const pytorch = findFramework("pytorch");
let platform: PlatformProcess;

beforeAll(async () => {
  if (pytorch.isMissing) return;
  pytorch.install();
  platform = new PlatformProcess(await freePort());
  await platform.start();
}, 400_000);

afterAll(() => platform?.stop());

test.skipIf(pytorch.isMissing).each(["fork", "spawn"])(
  `ranks of torchrun record to one instance, through one agent, and so do the workers of their loaders (%s)${pytorch.note}`,
  async (context) => {
    const workspace = newWorkspace();
    const program = repositoryPath("tests/python/programs/torch_ranks.py");
    const run = startPython(
      [repositoryPath("tests/python/programs/torch_launch.py"), String(RANKS), String(await freePort()), program, context],
      pythonEnvironment(workspace, { AVA_PLATFORM_URL: platform.url, OMP_NUM_THREADS: "1" }),
      DEBIAN_PYTHON,
    );
    let most = 0;
    await waitFor(
      () => {
        most = Math.max(most, agentsOf(workspace).length);
        return run.child.exitCode !== null;
      },
      "the end of the run",
      100_000,
    );
    const { exitCode, stdout, stderr } = await run.result;
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stderr).not.toContain("ava-sdk:");
    expect(most).toBe(1);

    const instances = await platform.get<{ instances: { id: string; state: string }[] }>("/v1/instances");
    const id = stdout.trim();
    expect(instances.instances.filter((one) => one.id === id)).toMatchObject([{ state: "done" }]);
    const isOurs = ({ name }: ExportedPoint) => !name.startsWith("system/");
    await waitFor(async () => (await platform.pointsOf(id)).filter(isOurs).length >= RANKS * 24, "the last workers' records");
    const points = (await platform.pointsOf(id)).filter(isOurs);
    expect(points).toHaveLength(RANKS * 24);
    for (let rank = 0; rank < RANKS; rank++) {
      const of = (name: string) => points.filter((point) => point.name === name && point.labels["rank"] === String(rank));
      expect(of("total").map(({ step, value }) => [step, value])).toEqual([0, 1, 2, 3].map((step) => [step, RANKS * (step * 25 + 10)]));
      expect(
        of("item")
          .map(({ value }) => Number(value))
          .toSorted((a, b) => a - b),
      ).toEqual(Array.from({ length: 20 }, (_, item) => item));
    }
  },
);
