import { expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { mlflowDialect } from "./dialect.js";

const API = "/api/2.0/mlflow";

/** A registry with the model `m`. */
async function newRegistry() {
  const client = new DialectClient(mlflowDialect);
  const send = async (method: string, path: string, body?: object) => client.send(method, `${API}/${path}`, body);
  const made = await send("POST", "registered-models/create", { name: "m", tags: [{ key: "team", value: "a" }] });
  expect(made).toMatchObject({ status: 200, json: { registered_model: { name: "m", tags: [{ key: "team", value: "a" }] } } });
  const version = async (source: string) => send("POST", "model-versions/create", { name: "m", source, run_id: "r" });
  return { client, send, version };
}

test("versions that come at the same time have numbers of their own, and a number is not given twice", async () => {
  const { send, version } = await newRegistry();
  const made = await Promise.all(["a", "b", "c"].map((source) => version(source)));
  expect(made.map(({ json }) => (json as { model_version: { version: string } }).model_version.version)).toEqual(["1", "2", "3"]);
  expect((await send("DELETE", "model-versions/delete", { name: "m", version: "3" })).status).toBe(200);
  expect((await version("d")).json).toMatchObject({ model_version: { version: "4", source: "d", run_id: "r", status: "READY" } });
  const { json } = await send("GET", `model-versions/search?filter=${encodeURIComponent("name='m'")}`);
  expect((json as { model_versions: { version: string }[] }).model_versions.map((one) => one.version)).toEqual(["4", "2", "1"]);
});

test("a version is found by its alias and by its stage until it is deleted; tags and words can be changed", async () => {
  const { send, version } = await newRegistry();
  for (const source of ["a", "b"]) await version(source);
  await send("POST", "registered-models/alias", { name: "m", alias: "best", version: "1" });
  await send("POST", "model-versions/set-tag", { name: "m", version: "1", key: "checked", value: "yes" });
  await send("POST", "model-versions/transition-stage", { name: "m", version: "1", stage: "Production" });
  await send("PATCH", "model-versions/update", { name: "m", version: "1", description: "the first" });
  const first = { version: "1", aliases: ["best"], tags: [{ key: "checked", value: "yes" }], description: "the first" };
  const byAlias = "registered-models/alias?name=m&alias=best";
  expect((await send("GET", byAlias)).json).toMatchObject({ model_version: first });
  const latest = await send("POST", "registered-models/get-latest-versions", { name: "m", stages: ["production"] });
  expect(latest.json).toMatchObject({ model_versions: [first] });
  await send("DELETE", "model-versions/delete", { name: "m", version: "1" });
  expect(await send("GET", byAlias)).toMatchObject({ status: 400, json: { error_code: "INVALID_PARAMETER_VALUE" } });
  expect((await send("GET", "registered-models/get?name=m")).json).toMatchObject({
    registered_model: { latest_versions: [{ version: "2" }] },
  });
});

test("a registered model gets another name with its versions and aliases, and the old one is free again", async () => {
  const { send, version } = await newRegistry();
  await version("a");
  await send("POST", "registered-models/alias", { name: "m", alias: "best", version: "1" });
  await send("POST", "registered-models/create", { name: "taken" });
  const rename = (name: string, newName: string) => send("POST", "registered-models/rename", { name, new_name: newName });
  expect(await rename("m", "taken")).toMatchObject({ status: 400, json: { error_code: "RESOURCE_ALREADY_EXISTS" } });
  expect(await rename("none", "n")).toMatchObject({ status: 404 });
  expect((await rename("m", "n")).json).toMatchObject({ registered_model: { name: "n", tags: [{ key: "team", value: "a" }] } });
  expect((await send("GET", "registered-models/alias?name=n&alias=best")).json).toMatchObject({
    model_version: { name: "n", source: "a" },
  });
  expect((await send("GET", "registered-models/get?name=m")).status).toBe(404);
  expect((await send("POST", "registered-models/create", { name: "m" })).status).toBe(200);
});

test("the files of a version are where its source says, or where the logged model is that it names", async () => {
  const { send, version } = await newRegistry();
  const logged = await send("POST", "logged-models", { experiment_id: "0", name: "model" });
  const { info } = (logged.json as { model: { info: { model_id: string; artifact_uri: string } } }).model;
  for (const source of ["mlflow-artifacts:/0/r/artifacts/model", `models:/${info.model_id}`]) await version(source);
  const uris = await Promise.all([1, 2].map((number) => send("GET", `model-versions/get-download-uri?name=m&version=${number}`)));
  expect(uris.map(({ json }) => json)).toEqual([
    { artifact_uri: "mlflow-artifacts:/0/r/artifacts/model" },
    { artifact_uri: info.artifact_uri },
  ]);
});

test.each([
  ["POST", "registered-models/create", { name: "m" }, 400, "RESOURCE_ALREADY_EXISTS"],
  ["POST", "registered-models/create", {}, 400, "INVALID_PARAMETER_VALUE"],
  ["POST", "model-versions/create", { name: "other", source: "a" }, 404, "RESOURCE_DOES_NOT_EXIST"],
  ["GET", "registered-models/get?name=other", undefined, 404, "RESOURCE_DOES_NOT_EXIST"],
  ["GET", "model-versions/get?name=m&version=1", undefined, 404, "RESOURCE_DOES_NOT_EXIST"],
  ["POST", "registered-models/alias", { name: "m", alias: "a", version: "7" }, 404, "RESOURCE_DOES_NOT_EXIST"],
])("%s %s with %o answers %d %s", async (method, path, body, status, code) => {
  const { send } = await newRegistry();
  expect(await send(method, path, body)).toMatchObject({ status, json: { error_code: code } });
});

test("a registered model is not listed with the experiments; a deleted one may be registered again", async () => {
  const { send } = await newRegistry();
  const { json } = await send("POST", "experiments/search", {});
  expect((json as { experiments: { name: string }[] }).experiments.map(({ name }) => name)).toEqual(["Default"]);
  await send("DELETE", "registered-models/delete", { name: "m" });
  expect((await send("GET", "registered-models/search")).json).toEqual({ registered_models: [] });
  expect((await send("POST", "registered-models/create", { name: "m" })).status).toBe(200);
});
