import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

// A disk of its own, which only the program sees and which is gone with it.
const UNSHARE = ["unshare", "--user", "--map-root-user", "--mount"] as const;
const ON_SMALL_DISK = 'mount -t tmpfs -o size=300k none "$AVA_WORKSPACE" && exec "$@"';

let platform: PlatformProcess;
beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});
afterAll(() => platform.stop());

async function runOnSmallDisk(command: readonly string[], skip: (condition: boolean, note: string) => void): Promise<number | null> {
  const workspace = mkdtempSync(path.join(tmpdir(), "ava-small-disk-"));
  const env = { ...process.env, AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url, PYTHONPATH: repositoryPath("python") };
  const probe = spawnSync(UNSHARE[0], [...UNSHARE.slice(1), "sh", "-c", ON_SMALL_DISK, "sh", "true"], { env, encoding: "utf8" });
  skip(probe.status !== 0, `SKIPPED: no disk of its own may be made here: ${probe.stderr}`);
  const child = spawn(UNSHARE[0], [...UNSHARE.slice(1), "sh", "-c", ON_SMALL_DISK, "sh", ...command], { env, stdio: "ignore" });
  await once(child, "exit");
  return child.exitCode;
}

const PYTHON = `
import os, sys
from ava.train import base as train
t = train.TrainInstance(training_ins_id=sys.argv[1])
t.log({"loss": 0.0})
try:
    open(os.path.join(os.environ["AVA_WORKSPACE"], "fill"), "wb").write(b"x" * (1 << 20))
except EnvironmentError:
    pass
for step in range(1, 2000): t.log({"loss": float(step)})
t.done("out of memory")
`;

const PROGRAMS: readonly [what: string, id: string, command: string[]][] = [
  ["a TypeScript program", "full-ts", [process.execPath, repositoryPath("tests/programs/fill-disk.mjs"), "full-ts"]],
  ["a Python program", "full-py", ["python3", "-c", PYTHON, "full-py"]],
];

for (const [what, id, command] of PROGRAMS) {
  test(`${what} on a disk that stays full to the end: its state, cause and counts reach the platform`, async ({ skip }) => {
    await runOnSmallDisk(command, skip);
    const instance = await platform.get<{ state: string; end: object; drops: { points: number } }>(`/v1/instances/${id}`);
    expect(instance).toMatchObject({
      state: "failed",
      end: { message: "out of memory" },
      drops: { reason: expect.stringContaining("ENOSPC") },
    });
    const recorded = (await platform.pointsOf(id)).filter(({ name }) => name === "loss").length;
    expect(recorded + instance.drops.points).toBe(2000);
  });
}

test("what clients of the tap log on a disk that is full at times is kept when there is room again, and counted where none comes", async ({
  skip,
}) => {
  const program = [process.execPath, repositoryPath("tests/programs/tap-full-disk.mjs")];
  const ava = [process.execPath, repositoryPath("packages/sdk/bin/ava-sdk.js"), "run", "--id", "full-tap", "--dialects", "mlflow", "--"];
  await runOnSmallDisk([...ava, ...program], skip);
  const { drops } = await platform.get<{ drops: { points: number } }>("/v1/instances/full-tap");
  const steps = (await platform.pointsOf("full-tap")).filter(({ name }) => name === "m").map(({ step }) => step);
  // Of the first three batches all came once, though the second waited and the tap was killed with the third.
  expect(steps.slice(0, 3_000)).toEqual(Array.from({ length: 3_000 }, (_, step) => step));
  const { text } = await platform.get<{ text: string }>("/v1/instances/full-tap/logs");
  expect(JSON.parse(text)).toEqual([200, 200, "none", 200, 200, 200]);
  expect(steps.length + drops.points).toBe(6_000);
});
