import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { tapsOf } from "../processes/taps.js";

const NO_PLATFORM = { AVA_PLATFORM_URL: "http://127.0.0.1:9" };
const isThere = (pid: number) => existsSync(`/proc/${pid}`);

test("the tap outlives a run that is killed, and ends with the last process of the command", async () => {
  const workspace = newWorkspace();
  const script = `(until [ -e ${workspace}/go ]; do sleep 0.1; done) & echo "$MLFLOW_TRACKING_URI"; wait`;
  const run = startAva(["run", "--quiet", "--", "sh", "-c", script], { ...NO_PLATFORM, AVA_WORKSPACE: workspace, HOME: workspace });
  await waitFor(() => run.stdout().includes("/mlflow"), "the command's first word");
  const [tap = 0] = tapsOf(run.child.pid as number);
  const origin = new URL(run.stdout().toString().trim()).origin;
  expect((await fetch(`${origin}/mlflow/health`)).status).toBe(200);
  run.child.kill("SIGKILL");
  await waitFor(() => tapsOf(run.child.pid as number).length === 0, "the end of the run");
  expect([isThere(tap), (await fetch(`${origin}/mlflow/health`)).status]).toEqual([true, 200]);
  writeFileSync(path.join(workspace, "go"), "");
  await waitFor(() => !isThere(tap), "the end of the tap");
});

test("with --dialects none there is no tap, and a name that is not known ends before the command", async () => {
  const env = { ...NO_PLATFORM, AVA_WORKSPACE: newWorkspace() };
  const none = await startAva(["run", "--quiet", "--dialects", "none", "--", "sh", "-c", 'echo "[$WANDB_BASE_URL]"'], env).result;
  expect(none.stdout.toString()).toBe("[]\n");
  const wrong = await startAva(["run", "--dialects", "neptune", "--", "echo", "ran"], env).result;
  expect([wrong.exitCode, wrong.stdout.toString()]).toEqual([2, ""]);
});

test("with --dialects influx the command finds a server of InfluxDB, whose points are those of the run", async () => {
  const platform = new PlatformProcess(await freePort());
  await platform.start();
  const send = `const { INFLUX_HOST, INFLUX_TOKEN } = process.env;
    const init = { method: "POST", headers: { authorization: "Token " + INFLUX_TOKEN }, body: "m,rank=0 value=0.5,step=3,words=\\"x\\" 1700000000\\nm,instance=other value=1 1" };
    const { status } = await fetch(INFLUX_HOST + "/api/v2/write?bucket=b&precision=s", init);
    console.log(status, (await fetch(INFLUX_HOST + "/write?db=b", { method: "POST", body: "m value=1" })).status);`;
  const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: newWorkspace() };
  const command = [process.execPath, "--input-type=module", "-e", send];
  const ran = await startAva(["run", "--quiet", "--training", "t", "--id", "in", "--dialects", "influx", "--", ...command], env).result;
  expect(ran.stdout.toString()).toBe("204 401\n");
  const points = (await platform.pointsOf("in")).filter(({ name }) => name === "m");
  expect(points).toMatchObject([{ labels: { rank: "0" }, step: 3, value: 0.5 }]);
  const { events } = await platform.get<{ events: unknown[] }>("/v1/instances/in");
  expect(events).toContainEqual(expect.objectContaining({ event: "notice", message: "logged, and AVA has no place for it: 1 texts" }));
  const { instances } = await platform.get<{ instances: { id: string; name?: string }[] }>("/v1/trainings/b/instances");
  expect(instances).toMatchObject([{ name: "other" }]);
  await platform.stop();
});

test("a further run of the command names the wrapped instance, and that names the further runs, also when the tap was killed in between", async () => {
  const platform = new PlatformProcess(await freePort());
  await platform.start();
  const [workspace, id] = [newWorkspace(), "main"];
  const send = (name: string) =>
    `curl -sS "$INFLUX_HOST/write?db=b" -H "Authorization: Token $INFLUX_TOKEN" -d "m,instance=${name} value=1 1"`;
  const script = `set -e; ${send("a")}; ${send("b")}; echo two; until [ -e ${workspace}/go ]; do sleep 0.1; done; until ${send("c")}; do sleep 0.1; done`;
  const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: workspace };
  const run = startAva(["run", "--quiet", "--id", id, "--dialects", "influx", "--", "sh", "-c", script], env);
  await waitFor(() => run.stdout().includes("two"), "the second run");
  for (const pid of tapsOf(run.child.pid as number)) process.kill(pid, "SIGKILL");
  writeFileSync(path.join(workspace, "go"), "");
  expect((await run.result).exitCode).toBe(0);
  interface Linked {
    id: string;
    mainInstance?: string;
    furtherInstances?: string[];
  }
  const main = await platform.get<Linked>(`/v1/instances/${id}`);
  const further = await Promise.all((main.furtherInstances ?? []).map((one) => platform.get<Linked>(`/v1/instances/${one}`)));
  expect(further).toMatchObject([
    { name: "b", mainInstance: id },
    { name: "c", mainInstance: id },
  ]);
  const shown = await runAva(["show", id, "--platform", platform.url], {});
  expect(shown.stdout.toString()).toContain(`further run ${further[0]?.id}\n`);
  await platform.stop();
});
