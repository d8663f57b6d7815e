// The unmodified ava-sdk 0.1.3 of PyPI against a platform on another address, with a token, which that client does not know.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type KodoEmulator, startEmulator } from "ava-kodo-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace } from "../processes/ava.js";
import { caffeLog, repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { type PythonResult, pythonEnvironment, startPython } from "../processes/python.js";
import { findFramework } from "./frameworks.js";
import { findPython } from "./interpreters.js";
import { expectedPoints, type Point, recordedPoints, sorted } from "./recorded.js";

const [accessKey, secretKey] = ["the-access-key", "the-secret-key"];
const client = findFramework("client-2018");
const mxnet = findFramework("mxnet-python2");
const platform = new PlatformProcess(await freePort(), {
  host: "127.0.0.2",
  token: "a-token-that-old-clients-lack",
  avaKey: `${accessKey}:${secretKey}`,
});
const data = mkdtempSync(path.join(tmpdir(), "ava-kodo-"));
let emulator: KodoEmulator;

beforeAll(async () => {
  emulator = await startEmulator({ data, accessKey, secretKey, buckets: ["train"] });
  await platform.start();
  if (!client.isMissing) client.install();
  if (!mxnet.isMissing) mxnet.install();
}, 600_000);
afterAll(async () => {
  await platform.stop();
  await emulator.close();
  rmSync(data, { recursive: true });
});

/** A training container as the old platform made it. */
function container(secret: string): string {
  const workspace = newWorkspace();
  const put = (file: string, content: object): void => {
    mkdirSync(path.dirname(path.join(workspace, file)), { recursive: true });
    writeFileSync(path.join(workspace, file), JSON.stringify(content));
  };
  put("config/user", { uid: "1380", key: accessKey, secret, bucket: "train" });
  put("config/worker", { atnet_apiserver_host: platform.url, atnet_status_host: platform.url });
  put("config/trainingspec", { name: "mnist", resource: { gpus: 0 }, solverOps: { batchSize: 10 } });
  put("config/trainsetinfo", { stats: { numOfSamples: 200 } });
  put("config/evaluationinfo", { name: "eval-1" });
  put("params/default.json", { solverOps: { batchSize: 64 }, lr: 0.01 });
  // Where that library keeps what Kodo told it of its hosts.
  const hosts = { upHosts: [`http://${emulator.host}`], ioHosts: [`http://${emulator.host}`], deadline: 4e9 };
  put("tmp/.qiniu_pythonsdk_hostscache.json", { [`http:${accessKey}:train`]: hosts });
  return workspace;
}

async function run(
  mode: string,
  argument: string,
  options: { secret?: string; folders?: string[] } = {},
): Promise<PythonResult & { id: string }> {
  const workspace = container(options.secret ?? secretKey);
  const folders = [client.folder, ...(options.folders ?? [])].join(path.delimiter);
  const env = pythonEnvironment(workspace, { PYTHONPATH: folders, JOB_NAME: "ava-train-job1" });
  const program = repositoryPath("tests/python/programs/client_2018.py");
  const result = await startPython([program, workspace, mode, argument], env, client.python).result;
  return { ...result, id: result.stdout.trim().split("\n").at(-1) ?? "" };
}

interface Detail {
  training: string;
  state: string;
  params: object;
  stopTime: string;
  end?: { message: string };
}

const countInstances = async () => (await platform.get<{ instances: unknown[] }>("/v1/instances")).instances.length;

/** What a plain reading of Caffe's lines finds: accuracies belong to the iteration that was told last. */
function pointsOfCaffe(log: string): Point[] {
  let iteration = -1;
  return log.split("\n").flatMap((line): Point[] => {
    iteration = Number(/Iteration (\d+)/.exec(line)?.[1] ?? iteration);
    const told: [name: string, match: RegExpExecArray | null][] = [
      ["loss", /Iteration \d+.*, loss = (\S+)/.exec(line)],
      ["lr", /lr = (\S+)/.exec(line)],
      ["val/accuracy", /Test net output #\d+: accuracy = (\S+)/.exec(line)],
    ];
    return told.flatMap(([name, match]) => (match === null || iteration < 0 ? [] : [{ name, step: iteration, value: Number(match[1]) }]));
  });
}

describe(`the unmodified ava-sdk 0.1.3 of 2018${client.note}`, () => {
  test.skipIf(client.isMissing)("creates its instance, reports Caffe's lines, stores its models and logs, and ends", async () => {
    // The client reads the short dates of the glog of its time.
    const log = readFileSync(caffeLog("lenet-plain"), "utf8").replace(/^([IWEF])20\d\d(?=\d{4} )/gm, "$1");
    const file = path.join(data, "caffe.log");
    writeFileSync(file, log);
    const { exitCode, stderr, id } = await run("caffe", file);
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });

    const detail = await platform.get<Detail>(`/v1/instances/${id}`);
    expect(detail).toMatchObject({ training: "mnist", state: "done", params: { solverOps: { batchSize: 64 }, lr: 0.01 } });
    expect(Date.parse(detail.stopTime)).toBeGreaterThan(Date.now() - 600_000);
    const names = ["loss", "lr", "val/accuracy"];
    const points = (await recordedPoints(platform, id)).filter(({ name }) => names.includes(name));
    expect(points.map(({ epoch: _epoch, ...point }) => point)).toEqual(sorted(pointsOfCaffe(log)));

    const { models } = await platform.get<{ models: { name: string; file: string }[] }>("/v1/models");
    expect(new Set(models.map(({ name }) => name))).toEqual(new Set(["digits-custom", `${id}-snapshot-model:epoch_5`]));
    for (const { file: address } of models) expect(address).toMatch(/^qiniu:\/\/1380@z0\/train\//);
    // The snapshot, the model of the user's own, the log, which is tried again while it grows.
    const stored = emulator.seen.filter(({ method, status }) => method === "POST" && status === 200);
    expect(stored.length).toBeGreaterThanOrEqual(3);
    expect(await platform.get("/v1/evaluations/eval-1/result")).toEqual({ scoreFile: "qiniu://x", metric: { top1: 0.5 } });
  });

  test.skipIf(client.isMissing)("joins an instance again, and tells how that ended", async () => {
    const before = await countInstances();
    const created = await run("caffe", "/dev/null");
    expect({ exitCode: created.exitCode, stderr: created.exitCode === 0 ? "" : created.stderr }).toEqual({ exitCode: 0, stderr: "" });
    const joined = await run("join", created.id);
    expect({ exitCode: joined.exitCode, stderr: joined.exitCode === 0 ? "" : joined.stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(joined.id).toBe(created.id);
    const detail = await platform.get<Detail>(`/v1/instances/${created.id}`);
    expect(detail).toMatchObject({ training: "mnist", state: "failed", end: { message: "out of memory" }, params: { lr: 0.01 } });
    expect(await countInstances()).toBe(before + 1);
  });

  test.skipIf(client.isMissing)("with a wrong secret key it is refused, and no instance is left behind", async () => {
    const before = await countInstances();
    const { exitCode, stderr } = await run("caffe", "/dev/null", { secret: "another" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("not signed with the secret key of this access key");
    expect(await countInstances()).toBe(before);
  });

  test.skipIf(client.isMissing || mxnet.isMissing)(`reports what MXNet's callbacks see${mxnet.note}`, async () => {
    const evidence = mkdtempSync(path.join(tmpdir(), "ava-evidence-"));
    const { exitCode, stderr, id } = await run("mxnet", evidence, { folders: [mxnet.folder] });
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    const points = (await recordedPoints(platform, id)).filter(({ name }) => name === "loss" || name === "val/accuracy");
    // Its callback is a list of two functions, each of which reports.
    const once = new Map(points.map((point) => [JSON.stringify(point), point]));
    expect([...once.values()].map(rounded)).toEqual(expectedPoints(evidence).map(rounded));
    expect(await platform.get<Detail>(`/v1/instances/${id}`)).toMatchObject({ state: "done", training: "mnist" });
  });
});

/** Python 2.7 prints twelve digits, and that client sends what it prints. */
function rounded({ value, ...point }: Point): Point {
  return { ...point, value: Number(Number(value).toPrecision(12)) };
}

describe("the client of this package", () => {
  for (const version of ["2.7", "3.13"]) {
    const python = findPython(version);
    test.skipIf(!python)(
      `Python ${version} asks all that the one of 2018 asks${python ? "" : "; NOT TESTED: it is not installed here"}`,
      async () => {
        const env = pythonEnvironment(container(secretKey));
        const { stdout, stderr } = await startPython([repositoryPath("tests/python/programs/api_client.py")], env, python).result;
        const file = "qiniu://1380@z0/train/model.tar.gz";
        expect([stderr, JSON.parse(stdout)]).toEqual(["", [null, null, "done", null, file, null, true]]);
        const evaluation = await platform.get<Record<string, unknown>>(`/v1/evaluations/${encodeURIComponent("评估/1")}`);
        expect(evaluation).toMatchObject({ metric: { top1: 0.5 }, model: "数字", result: { scoreFile: "qiniu://z0/train/result.lst" } });
      },
    );
  }
});
