import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { mlflowDialect, wandbDialect } from "ava-dialects";
import { afterEach, expect, test } from "vitest";
import { openIntakes } from "./intake.js";
import { answerRequest } from "./tap-server.js";

const token = "t".repeat(40);
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A tap in this process, with a platform that is not there. */
async function newTap() {
  const workspace = mkdtempSync(join(tmpdir(), "ava-tap-"));
  const facts = { token, dialects: ["mlflow", "wandb"], instanceId: "wrapped", hasName: false, paramsText: '{"mine": 1.0}' };
  const config = { ...facts, workspace, startMs: 0, command: ["train"], workingFolder: "/", platformUrl: "http://127.0.0.1:9" };
  const joined: string[] = [];
  const events = { onJoined: (dialect: string) => void joined.push(dialect), onNotice: () => undefined };
  const {
    clients: { memory },
    instances,
  } = await openIntakes(config, events);
  const service = { token, dialects: [mlflowDialect, wandbDialect], memory };
  const server = createServer((request, response) => void answerRequest(service, request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.close();
    server.closeAllConnections();
    void instances.close(0);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (path: string, init: RequestInit = {}) => fetch(url + path, init);
  const bearer = { authorization: `Bearer ${token}` };
  return { ask, bearer, joined, workspace, memory: service.memory };
}

const experiment = "/api/2.0/mlflow/experiments/get?experiment_id=0";

test("a request needs the token: in the client's way, or in the path", async () => {
  const { ask, bearer } = await newTap();
  expect((await ask(`/mlflow${experiment}`)).status).toBe(401);
  expect((await ask(`/mlflow${experiment}`, { headers: { authorization: `Bearer ${"x".repeat(40)}` } })).status).toBe(401);
  expect((await ask(`/mlflow${experiment}`, { headers: bearer })).status).toBe(200);
  expect((await ask(`/${token}/mlflow${experiment}`)).status).toBe(200);
  expect((await ask(`/${"x".repeat(40)}/mlflow${experiment}`)).status).toBe(404);
  expect((await ask("/wandb/graphql", { method: "POST", body: "{}" })).status).toBe(401);
  expect((await ask("/wandb/sdk/otel/v1/metrics", { method: "POST", body: "x" })).status).toBe(200);
});

test("the first run joins the wrapped instance, the next ones are instances of their own; bodies may be compressed", async () => {
  const { ask, bearer, joined } = await newTap();
  const create = async (name: string) => {
    const body = gzipSync(JSON.stringify({ run_name: name, start_time: 1 }));
    const headers = { ...bearer, "content-encoding": "gzip" };
    const answer = await ask("/mlflow/api/2.0/mlflow/runs/create", { method: "POST", body, headers });
    return ((await answer.json()) as { run: { info: { run_id: string } } }).run.info.run_id;
  };
  const [first, second] = [await create("a"), await create("b")];
  expect(first).toBe("wrapped");
  expect(second).toMatch(/^\d{8}-\d{6}-\w{6}$/);
  expect(joined).toEqual(["mlflow"]);
});

test("an upload needs no key, and its file lies with the run", async () => {
  const { ask, workspace } = await newTap();
  const headers = { authorization: `Basic ${btoa(`api:${token}`)}` };
  const post = async (name: string, variables: object) => {
    const body = JSON.stringify({ query: `mutation ${name} { x }`, variables });
    return (await (await ask("/wandb/graphql", { method: "POST", body, headers })).json()) as { data: Record<string, never> };
  };
  await post("UpsertBucket", { name: "r", project: "p" });
  const { data } = await post("CreateRunFiles", { project: "p", run: "r", files: ["media/a b.txt"] });
  const [{ uploadUrl }] = (data as unknown as { createRunFiles: { files: [{ uploadUrl: string }] } }).createRunFiles.files;
  expect((await fetch(uploadUrl, { method: "PUT", body: "bytes" })).status).toBe(200);
  expect(readFileSync(join(workspace, "run/wrapped/files/media/a b.txt"), "utf8")).toBe("bytes");
  expect((await fetch(uploadUrl.replace("a%20b.txt", "..%2F..%2Fx"), { method: "PUT", body: "bytes" })).status).toBe(400);
  expect(existsSync(join(workspace, "run/wrapped/x"))).toBe(false);
  expect((await fetch(uploadUrl, { method: "PUT", body: "bytes", headers: { "content-encoding": "gzip" } })).status).toBe(400);
  // Counted: a refusal of MLflow's clients raises an error in the program.
  expect((await fetch(`${uploadUrl}/below-a-file`, { method: "PUT", body: "bytes" })).status).toBe(200);
  expect(readFileSync(join(workspace, "run/wrapped/files/media/a b.txt"), "utf8")).toBe("bytes");
});
