// Tables and file stores of MLflow are brought to a platform, once.
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, PlatformProcess } from "../../processes/platform.js";
import { importFrom } from "./import-from.js";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});
afterAll(() => platform.stop());

const newFile = (text: string, name = "table.csv") => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "ava-table-")), name);
  writeFileSync(file, text);
  return file;
};

test("each column of a table but step and timestamp is a metric; rows that come later are added", async () => {
  const head = 'step,timestamp,loss,"val,acc",note\n';
  const file = newFile(`\ufeff${head}1,1700000000.5,0.5,nan,"two\nlines"\n2,1700000001,,-inf,\n-3,2023-11-14T22:13:22Z,1e-3,0.1\nx,,1,2\n`);
  const { imported } = await importFrom(platform.url, "csv", file);
  expect(imported).toMatchObject([{ points: 5, passedOver: { texts: 1, "rows that do not fit the head": 1 } }]);
  appendFileSync(file, "4,1700000004000,0.25,0.5,\r\n");
  const [again] = (await importFrom(platform.url, "csv", file)).imported;
  expect([again!.id, again!.points]).toEqual([imported[0]!.id, 7]);
  const points = (await platform.pointsOf(again!.id)) as unknown as { name: string; step: number; value: unknown; time: string }[];
  expect(points.map(({ name, step, value, time }) => [name, step, value, time.slice(11, 23)])).toEqual([
    ["loss", 1, 0.5, "22:13:20.500"],
    ["loss", -3, 0.001, "22:13:22.000"],
    ["loss", 4, 0.25, "22:13:24.000"],
    ["val,acc", 1, "NaN", "22:13:20.500"],
    ["val,acc", 2, "-Infinity", "22:13:21.000"],
    ["val,acc", -3, 0.1, "22:13:22.000"],
    ["val,acc", 4, 0.5, "22:13:24.000"],
  ]);
  expect(await platform.get(`/v1/instances/${again!.id}`)).toMatchObject({
    name: "table",
    state: "done",
    stopTime: "2023-11-14T22:13:24.000Z",
  });
});

test("a file where a folder is wanted, and the other way round, are errors that say what to do", async () => {
  const file = newFile("x", "mlflow.db");
  const mlflow = await importFrom(platform.url, "mlflow", file);
  const csv = await importFrom(platform.url, "csv", path.dirname(file));
  const wandb = await importFrom(platform.url, "wandb", file);
  expect([mlflow.exitCode, csv.exitCode, wandb.exitCode]).toEqual([2, 2, 2]);
  expect([mlflow.stderr, csv.stderr, wandb.stderr]).toEqual([
    expect.stringMatching(/a database of MLflow is not read/),
    expect.stringMatching(/is not a file; name one table/),
    expect.stringMatching(/this is not an offline file of wandb|there is no run in it/),
  ]);
});

test("a table without the column step is an error that says what to do", async () => {
  const { exitCode, stderr } = await importFrom(platform.url, "csv", newFile("epoch;loss\n1;2\n"));
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/no column "step" among epoch, loss; write a table/)]);
});

test("runs of a file store keep every point and digit; metrics that grow side by side are added; deleted runs stay away", async () => {
  const root = mkdtempSync(path.join(tmpdir(), "ava-mlruns-"));
  const put = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  put("7/meta.yaml", "experiment_id: '7'\nname: 'one: it''s long and\n  folded'\nlifecycle_stage: active\n");
  put("7/r1/meta.yaml", "run_id: r1\nrun_name: first\nstatus: 1\nstart_time: 1700000000000\nend_time: null\nuser_id: me\ntags: []\n");
  put("7/r1/metrics/val/acc", "1700000000000 0.5 1\n1700000000001 nan 0\nnot a line\n");
  put("7/r1/metrics/loss", "1700000000000 1e-3 1\n");
  put("7/r1/params/lr", "0.10");
  put("7/r1/tags/team", "a");
  put("7/r1/artifacts/model/a.txt", "hello");
  put("7/r2/meta.yaml", "run_id: r2\nstatus: 3\nlifecycle_stage: deleted\n");
  put(".trash/8/meta.yaml", "name: gone\n");
  const first = (await importFrom(platform.url, "mlflow", root)).imported;
  expect(first).toMatchObject([{ points: 3, passedOver: { "damaged lines": 1 } }]);
  const { id } = first[0]!;
  expect(await platform.get(`/v1/instances/${id}`)).toMatchObject({
    state: "running",
    training: "one: it's long and folded",
    name: "first",
  });
  appendFileSync(path.join(root, "7/r1/metrics/loss"), "1700000000002 inf 2\n");
  appendFileSync(path.join(root, "7/r1/metrics/val/acc"), "1700000000003 0.75 2\n");
  put("7/r1/meta.yaml", "run_id: r1\nrun_name: first\nstatus: 3\nstart_time: 1700000000000\nend_time: 1700000009000\nuser_id: me\n");
  await importFrom(platform.url, "mlflow", path.join(root, "7"));
  const points = await platform.pointsOf(id);
  expect(points.map(({ name, step, value }) => [name, step, value]).sort()).toEqual([
    ["loss", 1, 0.001],
    ["loss", 2, "Infinity"],
    ["val/acc", 0, "NaN"],
    ["val/acc", 1, 0.5],
    ["val/acc", 2, 0.75],
  ]);
  const facts = await platform.get<{ paramsText: string }>(`/v1/instances/${id}`);
  expect(facts).toMatchObject({ state: "done", stopTime: "2023-11-14T22:13:29.000Z", params: { mlflow: { tags: { team: "a" } } } });
  expect(facts.paramsText).toContain('"lr": 0.10');
  expect((await importFrom(platform.url, "mlflow", path.join(root, "7/r1"))).imported).toMatchObject([{ id, newRecords: 0 }]);
});
