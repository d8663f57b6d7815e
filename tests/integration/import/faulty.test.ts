// What an import cannot read does not keep the rest away; one that is killed is made again.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../../processes/ava.js";
import { freePort, PlatformProcess } from "../../processes/platform.js";
import { importFrom } from "./import-from.js";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});
afterAll(() => platform.stop());

const newFolder = () => mkdtempSync(path.join(tmpdir(), "ava-faulty-"));

test("of a file store with damaged runs and files, all that can be read is there, the rest is told, and the exit code is 1", async () => {
  const root = newFolder();
  const put = (file: string, content: string | Buffer) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  };
  const putRun = (run: string) => {
    put(`1/${run}/meta.yaml`, `run_id: ${run}\nrun_name: ${run}\nstatus: 3\nstart_time: 1700000000000\nend_time: 1700000009000\n`);
    put(`1/${run}/metrics/loss`, "1700000000000 0.5 1\n1700000000001 0.25 2\n");
  };
  put("1/meta.yaml", "experiment_id: '1'\nname: faulty\n");
  for (const run of ["a-odd", "b-folder", "c-empty", "d-links", "e-whole"]) putRun(run);
  put("1/a-odd/artifacts/a\nb.txt", "x");
  put("1/a-odd/artifacts/good.txt", "x");
  put("1/a-odd/metrics/long", Buffer.concat([Buffer.alloc(3_000_000, "9"), Buffer.from("\n1700000000000 1 1\n")]));
  rmSync(path.join(root, "1/b-folder/meta.yaml"));
  mkdirSync(path.join(root, "1/b-folder/meta.yaml"));
  put("1/c-empty/meta.yaml", "");
  mkdirSync(path.join(root, "1/d-links/artifacts"), { recursive: true });
  symlinkSync("nowhere", path.join(root, "1/d-links/artifacts/dangling"));
  symlinkSync("..", path.join(root, "1/d-links/artifacts/up"));
  const { imported, exitCode, stderr } = await importFrom(platform.url, "mlflow", root);
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^ava-sdk: .*b-folder is left out: .*\n$/)]);
  const refused = { "files whose name the platform refuses": 1, "damaged lines": 1 };
  expect(imported.map(({ points, passedOver }) => [points, passedOver])).toEqual([
    [3, refused],
    [2, {}],
    [2, {}],
    [2, {}],
  ]);
  const again = await importFrom(platform.url, "mlflow", root);
  expect(again.imported.map(({ newRecords }) => newRecords)).toEqual([0, 0, 0, 0]);
});

test("a table that is none is told in few words without control characters", async () => {
  const file = path.join(newFolder(), "t.csv");
  writeFileSync(file, `\u001b[31mepoch,${"x".repeat(5_000)}\n`);
  const binary = await importFrom(platform.url, "csv", file);
  expect([binary.exitCode, binary.stderr.length < 600, binary.stderr.includes("\u001b")]).toEqual([2, true, false]);
  writeFileSync(file, "step,loss\r1,0.5\r");
  const ended = await importFrom(platform.url, "csv", file);
  expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringContaining("CR alone")]);
});

test("an import that is killed in the middle and made again brings every point once", async () => {
  const file = path.join(newFolder(), "long.csv");
  const rows = Array.from({ length: 100_000 }, (_, step) => `${step},${step / 7}`);
  writeFileSync(file, `step,loss\n${rows.join("\n")}\n`);
  const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: newWorkspace() };
  const killed = startAva(["import", "csv", file, "--training", "killed"], env);
  const instances = async () => (await platform.get<{ instances: { id: string }[] }>("/v1/trainings/killed/instances")).instances;
  let id = "";
  await waitFor(async () => {
    id = (await instances().catch(() => []))[0]?.id ?? "";
    return id !== "" || killed.child.exitCode !== null;
  }, "the first records");
  killed.child.kill("SIGKILL");
  await killed.result;
  const { exitCode } = await runAva(["import", "csv", file, "--training", "killed"], env);
  const steps = (await platform.pointsOf((await instances())[0]!.id)).map(({ step }) => step);
  expect([exitCode, steps.length, new Set(steps).size]).toEqual([0, 100_000, 100_000]);
}, 60_000);
