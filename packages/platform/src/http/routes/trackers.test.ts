import { mlflowDialect } from "ava-dialects";
import { expect, test } from "vitest";
import { testFolder } from "../../testing/folder.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

const TOKEN = "abcdefghijklmnopqrstuvwxyz01234567890123";
const API = "/mlflow/api/2.0/mlflow";

/** What answers have, each some of it. */
interface Body {
  experiment_id: string;
  run: { info: { run_id: string } };
  metrics: { step: number; value: unknown }[];
  experiment: { experiment_id: string };
  runs?: unknown[];
}

function client({ app }: TestServer, headers: Record<string, string> = {}) {
  return async (
    method: "GET" | "POST" | "PUT",
    url: string,
    payload: object | string = "",
  ): Promise<{ status: number; body: Body; text: string }> => {
    const type = { "content-type": typeof payload === "string" ? "application/octet-stream" : "application/json" };
    const answer = await app.inject({ method, url, headers: { ...type, ...headers }, ...(method === "GET" ? {} : { payload }) });
    return { status: answer.statusCode, body: safeJson(answer.body), text: answer.body };
  };
}

function safeJson(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
}

test("a run of MLflow is an instance; its points, params, files and experiment are there after a restart, and repeats are told", async () => {
  const dataDir = testFolder();
  const first = await testServer({ dataDir });
  let send = client(first);
  const { body: experiment } = await send("POST", `${API}/experiments/create`, { name: "a/b" });
  const { body } = await send("POST", `${API}/runs/create`, { experiment_id: experiment.experiment_id, start_time: 1000 });
  const run_id = body.run.info.run_id;
  const metrics = [
    { key: "loss", value: 0.5, step: 1, timestamp: 1000 },
    { key: "loss", value: "NaN", step: 2, timestamp: 1001 },
  ];
  await send("POST", `${API}/runs/log-batch`, { run_id, metrics, params: [{ key: "lr", value: "0.10" }] });
  await send("POST", `${API}/runs/log-batch`, { run_id, metrics });
  await send("PUT", `/mlflow/api/2.0/mlflow-artifacts/artifacts/${experiment.experiment_id}/${run_id}/artifacts/a/b.txt`, "hello");
  await first.app.close();
  await first.store.close();

  const second = await testServer({ dataDir });
  send = client(second);
  await send("POST", `${API}/runs/log-batch`, { run_id, metrics: [...metrics, { key: "loss", value: 0.25, step: 2, timestamp: 1002 }] });
  const history = await send("GET", `${API}/metrics/get-history?run_id=${run_id}&metric_key=loss`);
  expect(history.body.metrics.map(({ step, value }) => [step, value])).toEqual([
    [1, 0.5],
    [2, "NaN"],
    [2, 0.25],
  ]);
  const [instance] = (await second.app.inject("/v1/instances")).json().instances;
  expect(instance).toMatchObject({ training: "a_b", state: "running" });
  expect((await send("GET", `/v1/instances/${instance.id}`)).body).toMatchObject({
    params: { lr: 0.1 },
    paramsText: expect.stringContaining("0.10"),
  });
  expect((await send("GET", `/v1/instances/${instance.id}/files`)).body).toEqual({ files: [{ path: "a/b.txt", bytes: 5 }] });
  expect((await send("GET", `/v1/instances/${instance.id}/files/a/b.txt`)).text).toBe("hello");
  expect((await send("GET", `${API}/experiments/get-by-name?experiment_name=a%2Fb`)).body.experiment.experiment_id).toBe(
    experiment.experiment_id,
  );
  await send("POST", `${API}/runs/delete`, { run_id });
  expect((await send("POST", `${API}/runs/search`, { experiment_ids: [experiment.experiment_id] })).body.runs ?? []).toEqual([]);
});

test("what Trackio and a writer of line protocol send once more after a restart is told, though the platform made its times or steps", async () => {
  const dataDir = testFolder();
  const metrics = [0.5, "NaN", 0.5].map((loss, step) => ({ project: "p", run: "r", step, metrics: { loss }, log_id: `l${step}` }));
  const lines = [1, 2, 2].map((loss, second) => `m,instance=i loss=${loss} ${1_700_000_000 + second}`).join("\n");
  const sendBoth = async (server: TestServer, extra: string) => {
    const kwargs = { logs: [...metrics, { ...metrics[0], step: 3, log_id: extra, timestamp: "2026-01-02T03:04:05+00:00" }] };
    expect((await client(server)("POST", "/trackio/api/bulk_log", { kwargs })).status).toBe(200);
    expect((await client(server)("POST", "/influx/api/v2/write?bucket=b&precision=s", lines)).status).toBe(204);
  };
  const first = await testServer({ dataDir });
  await sendBoth(first, "l3");
  await first.app.close();
  await first.store.close();
  const second = await testServer({ dataDir });
  await sendBoth(second, "l4");
  const { instances } = (await second.app.inject("/v1/instances")).json() as { instances: { id: string }[] };
  const exports = await Promise.all(instances.map(({ id }) => second.app.inject(`/v1/instances/${id}/export?format=jsonl`)));
  const points = exports
    .flatMap(({ body }) => body.trim().split("\n"))
    .map((line) => JSON.parse(line) as { step: number; time: string; value: unknown });
  expect(points).toHaveLength(7);
  expect(points.filter(({ time }) => time.startsWith("2026-01-02T03:04:05"))).toMatchObject([{ step: 3, value: 0.5 }]);
});

test("a client without the token is refused in its own form; an upload needs the ticket of its address alone", async () => {
  const server = await testServer({ token: TOKEN });
  const refused = await client(server)("POST", `${API}/runs/create`, {});
  expect([refused.status, refused.body]).toEqual([401, expect.objectContaining({ error_code: expect.any(String) })]);
  const send = client(server, { authorization: `Basic ${Buffer.from(`api:${TOKEN}`).toString("base64")}` });
  const viewer = await send("POST", "/wandb/graphql", { query: "query Viewer { viewer { id } }" });
  expect(viewer.status).toBe(200);
  expect(mlflowDialect.environment("o", TOKEN)).toMatchObject({ MLFLOW_TRACKING_TOKEN: TOKEN });
  const ticket = server.ticket();
  const store = (url: string) => client(server)("PUT", url, "x");
  await server.store.putFacts("wandb-1", { client: { dialect: "wandb", run: "1" } });
  expect((await store(`/wandb/-/${ticket}/storage/wandb-1/a.txt`)).status).toBe(200);
  // Not the last character: some of its bits count for nothing.
  const forged = ticket.replace(/-./, (start) => (start === "-A" ? "-B" : "-A"));
  expect((await store(`/wandb/-/${forged}/storage/wandb-1/a.txt`)).status).toBe(401);
  expect((await store("/wandb/storage/wandb-1/a.txt")).status).toBe(401);
  server.advance(90_000_000);
  expect((await store(`/wandb/-/${ticket}/storage/wandb-1/b.txt`)).status).toBe(401);
});

test("a file of a run is put, read in part, listed and removed; paths out of the run are refused", async () => {
  const server = await testServer();
  await server.store.putFacts("run/1", {});
  const send = client(server);
  const base = "/v1/instances/run%2F1/files";
  expect((await send("PUT", `${base}/d/%E5%9B%BE.bin`, "0123456789")).body).toEqual({ bytes: 10 });
  const part = await server.app.inject({ url: `${base}/d/%E5%9B%BE.bin`, headers: { range: "bytes=2-4" } });
  expect([part.statusCode, part.body, part.headers["content-range"]]).toEqual([206, "234", "bytes 2-4/10"]);
  expect((await send("GET", `${base}/d/none`)).status).toBe(404);
  expect((await send("PUT", "/v1/instances/none/files/a", "x")).status).toBe(404);
  for (const path of ["..%2Fa", "a%2F..%2F..%2Fb", "%5Ca", "a%00b"]) expect((await send("PUT", `${base}/${path}`, "x")).status).toBe(400);
  await server.app.inject({ method: "DELETE", url: `${base}/d` });
  expect((await send("GET", base)).body).toEqual({ files: [] });
});

test.each([
  ["/mlflow/", "/"],
  ["/wandb/ava/%E5%9B%BE/runs/x1", "/ava/%E5%9B%BE/runs/x1"],
  ["/wandb//evil.example/p/runs/x1", "/evil.example/p/runs/x1"],
])("a browser that opens the address %s, which a client printed, is led to the portal's page %s", async (url, location) => {
  const { app } = await testServer();
  const answer = await app.inject({ url, headers: { accept: "text/html,application/xhtml+xml" } });
  expect([answer.statusCode, answer.headers.location]).toEqual([302, location]);
  expect((await app.inject({ url, headers: { accept: "*/*" } })).statusCode).not.toBe(302);
});
