import { expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { mlflowDialect } from "./dialect.js";
import { changeRecords } from "./model-book.js";

const API = "/api/2.0/mlflow";

interface Model {
  info: {
    model_id: string;
    name: string;
    status: string;
    artifact_uri: string;
    source_run_id: string;
    tags: { key: string; value: string }[];
  };
  data: { params: { key: string; value: string }[]; metrics: { key: string; value: number }[] };
}

async function newModel(body: object = {}) {
  const client = new DialectClient(mlflowDialect);
  const ask = async (method: string, path: string, sent: object = {}) => {
    const { status, json } = await client.send(method, `${API}/${path}`, sent);
    expect([path, status]).toEqual([path, 200]);
    return json as Record<string, never>;
  };
  const run: string = (await ask("POST", "runs/create", { start_time: 1, run_name: "r" }))["run"]!["info"]["run_id"];
  await ask("POST", "runs/log-parameter", { run_id: run, key: "lr", value: "0.10" });
  const made = await ask("POST", "logged-models", { experiment_id: "0", name: "m", source_run_id: run, ...body });
  return { client, ask, run, model: made["model"] as unknown as Model };
}

test("a model is made, filled, made ready and found again as client 3 does it", async () => {
  const { ask, run, model } = await newModel({ params: [{ key: "lr", value: "0.10" }], tags: [{ key: "a", value: "1" }] });
  const id = model.info.model_id;
  expect(model.info).toMatchObject({ name: "m", status: "LOGGED_MODEL_PENDING", source_run_id: run });
  expect(model.info.artifact_uri).toBe(`mlflow-artifacts:/0/${run}/artifacts/models/${id}`);
  await ask("PUT", `../mlflow-artifacts/artifacts${model.info.artifact_uri.replace("mlflow-artifacts:", "")}/MLmodel`);
  await ask("PATCH", `logged-models/${id}`, { model_id: id, status: "LOGGED_MODEL_READY" });
  await ask("PATCH", `logged-models/${id}/tags`, { tags: [{ key: "b", value: "2" }] });
  await ask("DELETE", `logged-models/${id}/tags/a`);
  await ask("POST", `logged-models/${id}/params`, { params: [{ key: "depth", value: "3" }] });
  await ask("POST", "runs/log-metric", { run_id: run, key: "acc", value: 0.5, timestamp: 1, model_id: id });
  await ask("POST", "runs/outputs", { run_id: run, models: [{ model_id: id, step: 7 }] });
  const found = (await ask("GET", `logged-models/${id}`))["model"] as unknown as Model;
  expect(found.info).toMatchObject({ status: "LOGGED_MODEL_READY", tags: [{ key: "b", value: "2" }] });
  expect(found.data).toMatchObject({
    params: [
      { key: "lr", value: "0.10" },
      { key: "depth", value: "3" },
    ],
    metrics: [{ key: "acc", value: 0.5 }],
  });
  expect((await ask("GET", `runs/get?run_id=${run}`))["run"]).toMatchObject({ outputs: { model_outputs: [{ model_id: id, step: 7 }] } });
});

test("a search for a metric on a data set finds the models that have it there", async () => {
  const { ask, run, model } = await newModel();
  const metric = { run_id: run, key: "acc", value: 0.9, timestamp: 1, model_id: model.info.model_id };
  await ask("POST", "runs/log-metric", { ...metric, dataset_name: "test", dataset_digest: "d1" });
  const search = async (dataset: object) => {
    const asked = { experiment_ids: ["0"], filter: "metrics.acc > 0.5", datasets: [dataset] };
    return ((await ask("POST", "logged-models/search", asked))["models"] as unknown as Model[]).map(({ info }) => info.name);
  };
  expect(await search({ dataset_name: "test" })).toEqual(["m"]);
  expect(await search({ dataset_name: "test", dataset_digest: "d1" })).toEqual(["m"]);
  expect(await search({ dataset_name: "test", dataset_digest: "d2" })).toEqual([]);
  expect(await search({ dataset_name: "train" })).toEqual([]);
});

test("models are searched by name, in an order, and not once they are deleted", async () => {
  const { ask, client, run, model } = await newModel();
  await ask("POST", "logged-models", { experiment_id: "0", name: "n", source_run_id: run });
  const search = async (filter: string) => {
    const order = [{ field_name: "name", ascending: false }];
    const { models } = await ask("POST", "logged-models/search", { experiment_ids: ["0"], filter, order_by: order });
    return (models as unknown as Model[]).map(({ info }) => info.name);
  };
  expect([await search(""), await search("name = 'm'")]).toEqual([["n", "m"], ["m"]]);
  await ask("DELETE", `logged-models/${model.info.model_id}`);
  expect(await search("")).toEqual(["n"]);
  expect((await client.send("GET", `${API}/logged-models/${model.info.model_id}`)).status).toBe(404);
});

test("a model without a run gets a run of its own, which is over", async () => {
  const { ask, client } = await newModel();
  const made = (await ask("POST", "logged-models", { experiment_id: "0", name: "alone" }))["model"] as unknown as Model;
  const run = (await ask("GET", `runs/get?run_id=${made.info.source_run_id}`))["run"]!["info"];
  expect(run).toMatchObject({ run_name: "alone", status: "FINISHED" });
  expect((await client.send("GET", `${API}/logged-models/m-x-0`)).status).toBe(404);
});

test("models for which the params of their run have no room are kept, changed and found; the program got an error", async () => {
  const { ask, client, run } = await newModel();
  const tags = [{ key: "long", value: "x".repeat(1_500_000) }];
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    const told = { experiment_id: "0", name: `big${i}`, source_run_id: run, tags, params: [{ key: "depth", value: String(i) }] };
    ids.push(((await ask("POST", "logged-models", told))["model"] as unknown as Model).info.model_id);
  }
  const id = ids[3]!;
  await ask("PATCH", `logged-models/${id}`, { model_id: id, status: "LOGGED_MODEL_READY" });
  await ask("POST", "runs/outputs", { run_id: run, models: [{ model_id: id, step: 7 }] });
  await ask("POST", "runs/log-metric", { run_id: run, key: "acc", value: 0.5, timestamp: 1, model_id: id });
  const { info, data } = (await ask("GET", `logged-models/${id}`))["model"] as unknown as Model;
  expect(info).toMatchObject({ name: "big3", status: "LOGGED_MODEL_READY", source_run_id: run, tags });
  expect(data).toMatchObject({ params: [{ key: "depth", value: "3" }], metrics: [{ key: "acc", value: 0.5 }] });
  expect(info.artifact_uri).not.toContain(run);
  const place = `../mlflow-artifacts/artifacts${info.artifact_uri.replace("mlflow-artifacts:", "")}/MLmodel`;
  await ask("PUT", place);
  const search = { experiment_ids: ["0"], filter: `metrics.acc > 0.1 AND source_run_id = '${run}'` };
  const { models } = await ask("POST", "logged-models/search", search);
  expect((models as unknown as Model[]).map((model) => model.info.name)).toEqual(["big3"]);
  expect(client.outlet.passedOver).toEqual([]);
  // Nothing has room for this one: it is there without, and that is counted.
  const huge = { experiment_id: "0", name: "huge", source_run_id: run, tags: [{ key: "t", value: "x".repeat(5_000_000) }] };
  expect(((await ask("POST", "logged-models", huge))["model"] as unknown as Model).info).toMatchObject({ name: "huge", tags: [] });
  expect(client.outlet.passedOver.map(([, , count]) => count)).toEqual([1]);
});

test("client 2 adds each model to the list of its run, several at the same time as well", async () => {
  const { ask, run } = await newModel();
  // As an older platform kept it.
  await ask("POST", "runs/set-tag", { run_id: run, key: "mlflow.log-model.history", value: '[{"artifact_path": "old"}]' });
  const add = (path: string) => ask("POST", "runs/log-model", { run_id: run, model_json: JSON.stringify({ artifact_path: path }) });
  await Promise.all(["a", "b"].map(add));
  const { tags } = (await ask("GET", `runs/get?run_id=${run}`))["run"]!["data"] as { tags: { key: string; value: string }[] };
  const history = tags.find(({ key }) => key === "mlflow.log-model.history")?.value ?? "";
  expect(JSON.parse(history)).toEqual([{ artifact_path: "old" }, { artifact_path: "a" }, { artifact_path: "b" }]);
});

test("of a model that is changed only what changed is told, so that two replicas can change it at the same time", () => {
  const common = { id: "m-r-1", name: "m", type: "", message: "", createdMs: 1, isDeleted: false };
  const before = { ...common, status: "PENDING", changedMs: 1, tags: { a: "1", b: "2" }, params: {} };
  const after = { ...common, status: "READY", changedMs: 2, tags: { b: "2", c: "3" }, params: { p: "4" } };
  const members = changeRecords(before, after).map((record) => (record.kind === "params" ? [...record.members] : []));
  expect(members).toEqual([
    [
      ["status", '"READY"'],
      ["changedMs", "2"],
    ],
    [
      ["c", '"3"'],
      ["a", undefined],
    ],
    [["p", '"4"']],
  ]);
});
