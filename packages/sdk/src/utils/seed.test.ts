import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { batchOfEpochFromConfig } from "../train/monitor/caffe/callbacks.js";
import { fullMxnetMetrics } from "../train/monitor/mxnet/callbacks.js";
import * as utils from "./index.js";

let workspace: string;
let warnings: string[];

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "ava-utils-"));
  vi.stubEnv("AVA_WORKSPACE", workspace);
  vi.stubEnv("AVA_TRAINING_INS_ID", "");
  vi.stubEnv("JOB_NAME", "");
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((warning) => void warnings.push(String(warning)));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function put(file: string, content: unknown): void {
  const path = join(workspace, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
}

const params = (solverOps: object) => ({ "params/default.json": { solverOps } });
const gpus = (count: number) => ({ "config/trainingspec": { resource: { gpus: count } } });
const cropSize = (size: unknown) => ({ "config/modelspec": { inputUnify: { cropSize: size } } });
const trainset = (stats: object) => ({ "config/trainsetinfo": { stats } });

type Case = [name: string, files: Record<string, unknown>, call: () => unknown, expected: unknown];

test.each<Case>([
  ["batch size: default", {}, utils.getBatchSize, [8, 8, 8]],
  ["batch size: no GPU", { ...params({ batchSize: 32 }), ...gpus(0) }, utils.getBatchSize, [32, 32, 32]],
  ["batch size: GPUs", { ...params({ batchSize: 32 }), ...gpus(4) }, utils.getBatchSize, [32, 128, 128]],
  ["batch size: own for validation", { ...params({ batchSize: 32, valBatchSize: 5 }), ...gpus(2) }, utils.getBatchSize, [32, 64, 10]],
  ["cores: default", {}, utils.getCores, [false, 1]],
  ["cores: none", gpus(0), utils.getCores, [false, 0]],
  ["cores: GPUs", gpus(4), utils.getCores, [true, 4]],
  ["crop size: default", {}, utils.getCropSize, [227, 227]],
  ["crop size: none", cropSize("none"), utils.getCropSize, [undefined, undefined]],
  ["crop size: square", cropSize("123"), utils.getCropSize, [123, 123]],
  ["crop size: a number", cropSize(64), utils.getCropSize, [64, 64]],
  ["crop size: width and height", cropSize("123x456"), utils.getCropSize, [123, 456]],
  ["crop size: unreadable", cropSize("12y"), utils.getCropSize, [undefined, undefined]],
  ["samples: default", {}, () => utils.getSamplesetNum(), 0],
  ["samples: train", trainset({ numOfSamples: 60000 }), () => utils.getSamplesetNum(), 60000],
  ["samples: val", { "config/valsetinfo": { stats: { numOfSamples: 7 } } }, () => utils.getSamplesetNum("val"), 7],
  ["classes: default", {}, () => utils.getSamplesetClassNum(), 0],
  ["classes: train", trainset({ numOfClasses: 10 }), () => utils.getSamplesetClassNum("train"), 10],
  ["classes: test", { "config/testsetinfo": { stats: { numOfClasses: 3 } } }, () => utils.getSamplesetClassNum("test"), 3],
  ["ceil: level 1", {}, () => [utils.ceilByLevel(7), utils.ceilByLevel(7.1)], [7, 8]],
  ["ceil: level 100", {}, () => [0, 1, 100, 101, 937.5].map((num) => utils.ceilByLevel(num, 100)), [0, 100, 100, 200, 1000]],
  ["batches of Caffe's epoch: default", {}, batchOfEpochFromConfig, undefined],
  [
    "batches of Caffe's epoch: to the next hundred",
    { ...trainset({ numOfSamples: 60000 }), ...params({ batchSize: 64 }) },
    batchOfEpochFromConfig,
    1000,
  ],
  [
    "MXNet's metrics",
    {},
    () => fullMxnetMetrics().map(({ name, topK }) => [name, topK]),
    [
      ["Accuracy", undefined],
      ["CrossEntropy", undefined],
      ["MAE", undefined],
      ["MSE", undefined],
      ["RMSE", undefined],
      ["TopKAccuracy", 5],
    ],
  ],
  ["fetch: training", gpus(2), () => utils.fetchConfigFromTrainingspec("resource.gpus"), 2],
  ["fetch: all of the training", gpus(2), utils.fetchAllFromTrainingspec, { resource: { gpus: 2 } }],
  ["fetch: model", cropSize("9"), () => utils.fetchConfigFromModelspec("inputUnify.cropSize"), "9"],
  ["fetch: user", { "config/user": { uid: 5 } }, () => utils.fetchConfigFromUserinfo("uid"), 5],
  ["fetch: worker", { "config/worker": { a: 1 } }, () => utils.fetchConfigFromWorkerinfo("a"), 1],
  ["fetch: evaluation", { "config/evaluationinfo": { name: "e" } }, () => utils.fetchConfigFromEvaluationinfo("name"), "e"],
  ["fetch: data set", trainset({ numOfSamples: 1 }), () => utils.fetchConfigFromSamplesetinfo("stats"), { numOfSamples: 1 }],
  ["fetch: default", {}, () => utils.fetchConfigFromUserinfo("none", { default: "d" }), "d"],
])("%s", (_, files, call, expected) => {
  for (const [file, content] of Object.entries(files)) put(file, content);
  expect(call()).toEqual(expected);
});

test.each([
  ["", ""],
  ["a-b", ""],
  ["a-b-42", "42"],
  ["a-b-42-c-d", "42"],
])("job name '%s' has the job id '%s'", (name, id) => {
  vi.stubEnv("JOB_NAME", name);
  expect(utils.getJobId()).toBe(id);
  expect(new utils.Environment().jobId).toBe(id);
});

describe("config", () => {
  test("gives values by dotted keys, defaults, and an error that names key and file", () => {
    put("c.json", '\uFEFF{"a": {"b": [1, 2]}, "n": null}');
    const file = join(workspace, "c.json");
    const config = new utils.Config(file);
    expect([config.get("a.b.1"), config.get("n"), config.get("x"), config.get("x", { default: 7 })]).toEqual([2, null, undefined, 7]);
    expect(() => config.get("x.y", { isRequired: true })).toThrow(expect.objectContaining({ code: "CONFIG_KEY_REQUIRED", file }));
    expect(() => config.get("x.y", { isRequired: true })).toThrow("'x.y'");
  });

  test.each([
    ["CONFIG_MISSING", undefined],
    ["CONFIG_UNREADABLE", '{"secret": "ab'],
    ["CONFIG_UNREADABLE", '{"secret": ab}'],
    ["CONFIG_UNREADABLE", "[1]"],
  ])("%s: %j; nothing of the content is told", (code, content) => {
    if (content) put("config/user", content);
    const read = () => new utils.Config(join(workspace, "config/user"));
    expect(read).toThrow(utils.ConfigError);
    expect(read).toThrow(expect.objectContaining({ code, message: expect.not.stringMatching(/secret|ab/) }));
    expect(() => utils.fetchConfigFromUserinfo("key", { isRequired: true })).toThrow(expect.objectContaining({ code }));
  });

  test("an unreadable file is told once and gives defaults", () => {
    put("config/trainingspec", "{");
    expect([utils.getCores(), utils.getCores()]).toEqual([
      [false, 1],
      [false, 1],
    ]);
    expect(warnings).toEqual([expect.stringContaining("config/trainingspec cannot be read")]);
  });

  test("is read again only without the cache, and a file that comes late is found", () => {
    const get = (useCache: boolean) => utils.fetchConfigFromTrainingspec("v", { useCache });
    expect(get(true)).toBeUndefined();
    put("config/trainingspec", { v: 1 });
    expect(get(true)).toBe(1);
    put("config/trainingspec", { v: 2 });
    expect([get(true), get(false), get(true)]).toEqual([1, 2, 2]);
  });
});

describe("environment", () => {
  test("knows the container and prints no keys", () => {
    put("config/user", { uid: 1380, key: "AK-hidden", secret: "SK-hidden", bucket: "models" });
    put("config/trainingspec", { name: "t", resource: { gpus: 2 } });
    mkdirSync(join(workspace, "mnt/data"), { recursive: true });
    mkdirSync(join(workspace, "mnt/bucket"));
    const environment = new utils.Environment();
    expect(environment).toMatchObject({
      uid: 1380,
      bucket: "models",
      gpus: 2,
      trainsetBasePath: join(workspace, "mnt/data/train"),
      bucketFolder: join(workspace, "mnt/bucket"),
      groupFolder: undefined,
      trainingSpecFile: join(workspace, "config/trainingspec"),
    });
    expect(inspect(environment) + JSON.stringify(environment)).not.toContain("hidden");
  });

  test("has defaults outside of a container", () => {
    const { dataFolder, gpus: count, uid, jobName } = new utils.Environment({ workspace });
    expect([dataFolder, count, uid, jobName]).toEqual([join(workspace, "data"), 0, undefined, ""]);
  });
});

describe("fileloc", () => {
  test.each([
    ["snapshot", "run/output/snapshot"],
    ["upload.run", "run/output/upload.run"],
    ["train.log", "run/logs/train.log"],
    ["solver.prototxt", "run/prepared/solver.prototxt"],
    ["fixed_train.symbol.json", "run/prepared/fixed_train.symbol.json"],
  ])("%s is written to %s, in a folder that exists", (type, expected) => {
    expect(utils.fileloc.fileLocation(workspace, type)).toBe(join(workspace, expected));
    expect(existsSync(dirname(join(workspace, expected)))).toBe(true);
  });

  test.each([
    ["weight.caffemodel", "model/lenet_weight.caffemodel"],
    ["mean.binaryproto", "data/train/mean.binaryproto"],
    ["train.rec", "data/train/cache/data.rec"],
    ["val.lmdb", "data/val/cache"],
    ["val.roidb", "data/val/cache/gt_roidb.pkl"],
  ])("%s is read from %s once it exists", (type, expected) => {
    expect(utils.fileloc.fileLocation(workspace, type)).toBeUndefined();
    put(type === "val.lmdb" ? "data/val/cache/data.mdb" : expected, "x");
    expect(utils.fileloc.fileLocation(workspace, type)).toBe(join(workspace, expected));
  });

  test("config lies in the workspace, the model's mean wins over the training data's, and an unknown name is nowhere", () => {
    expect(utils.fileloc.fileLocation(workspace, "config/user")).toBe(join(workspace, "config/user"));
    put("data/train/mean.npy", "x");
    put("model/mean.npy", "x");
    expect(utils.fileloc.fileLocation(workspace, "mean.npy")).toBe(join(workspace, "model/mean.npy"));
    expect(utils.fileloc.fileLocation(workspace, "nothing")).toBeUndefined();
  });

  test("folders are made and removed, however often; of a link only the link goes", () => {
    const folder = join(workspace, "a/b/c");
    utils.fileloc.mkdirP(folder);
    utils.fileloc.mkdirP(folder);
    put("a/b/c/f", "x");
    symlinkSync(folder, join(workspace, "link"));
    utils.fileloc.rmPath(join(workspace, "link"));
    expect(existsSync(join(folder, "f"))).toBe(true);
    utils.fileloc.rmPath(join(workspace, "a"));
    utils.fileloc.rmPath(join(workspace, "a"));
    expect(existsSync(join(workspace, "a"))).toBe(false);
  });
});
