// What no client of a tracker should send to the platform, and some would: it is refused in the client's form, and the platform goes on.
import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { testServer } from "../../testing/test-server.js";

/** A server that listens, asked over one connection. @param keepAlive - whether the client keeps it */
async function listening(keepAlive = true) {
  const { app, store } = await testServer();
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const send = (method: string, path: string, body: string | Buffer = "", headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, method, path, headers, agent }, (answer) => {
        text(answer).then((words) => resolve({ status: answer.statusCode, text: words }), reject);
      });
      asked.once("error", reject).end(body);
    });
  await store.putFacts("mlflow-1", { client: { dialect: "mlflow" } });
  await store.putFacts("wandb-1", { client: { dialect: "wandb", run: "1" } });
  return send;
}

const FILES = "/mlflow/api/2.0/mlflow-artifacts/artifacts/0/mlflow-1/artifacts";
const GZIP = { "content-encoding": "gzip" };

test.each([
  ["gzip", "not packed at all"],
  ["gzip", gzipSync("cut off").subarray(0, 12)],
  ["deflate", "not packed at all"],
  ["br", "of another encoding"],
])("a body that is not %s is refused as such, wherever it is read, and no file is made of it", async (encoding, body) => {
  const send = await listening();
  const headers = { "content-encoding": encoding };
  expect(await send("PUT", `${FILES}/a`, body, headers)).toMatchObject({ status: 400, text: expect.stringContaining(encoding) });
  expect((await send("PUT", "/wandb/storage/wandb-1/a", body, headers)).status).toBe(400);
  expect((await send("POST", "/wandb/graphql", body, headers)).status).toBe(400);
  expect(JSON.parse((await send("GET", "/v1/instances/mlflow-1/files")).text)).toEqual({ files: [] });
});

test.each([true, false])(
  "a body that is too large, or becomes so unpacked, is refused, and the next request is answered, over a connection that is kept: %s",
  async (keepAlive) => {
    const send = await listening(keepAlive);
    const large = Buffer.alloc(40_000_000, "[");
    for (const [body, headers] of [[gzipSync(large), GZIP] as const, [large, {}] as const]) {
      expect(await send("POST", "/mlflow/api/2.0/mlflow/runs/log-batch", body, headers)).toMatchObject({
        status: 400,
        text: expect.stringContaining("the body has more than"),
      });
      expect((await send("GET", "/mlflow/api/2.0/mlflow/runs/get?run_id=mlflow-1")).status).toBe(200);
    }
  },
);

test("a file that has no place is refused for good where a person sends it; that of a client is counted, and its program goes on", async () => {
  const send = await listening();
  expect((await send("PUT", `${FILES}/a/b`, "x")).status).toBe(200);
  const own = "/v1/instances/mlflow-1/files";
  for (const place of [`${own}/a`, `${own}/a/b/c`, `${own}/${"x".repeat(300)}`]) expect((await send("PUT", place, "x")).status).toBe(400);
  for (const place of [`${FILES}/a`, `${FILES}/a/b/c`]) expect((await send("PUT", place, "x")).status).toBe(200);
  expect((await send("GET", `${FILES}/a/b/c`)).status).toBe(404);
  expect((await send("DELETE", `${FILES}/a/b/c`)).status).toBe(200);
  expect(JSON.parse((await send("GET", "/v1/instances/mlflow-1/files")).text)).toEqual({ files: [{ path: "a/b", bytes: 1 }] });
});

test("a call of Trackio that only JavaScript knows is refused", async () => {
  const send = await listening();
  expect((await send("POST", "/trackio/api/constructor", '{"kwargs": {}}')).status).toBe(400);
});

test("a printed line that is longer than a record is kept whole, and what comes behind it", async () => {
  const send = await listening();
  const run = { query: "mutation UpsertBucket { x }", variables: { project: "p", name: "r" } };
  await send("POST", "/wandb/graphql", JSON.stringify(run));
  const line = "é".repeat(4_600_000);
  const files = {
    "output.log": { offset: 0, content: [line, "next"] },
    "wandb-history.jsonl": { offset: 0, content: ['{"_step":0,"a":1}'] },
  };
  expect((await send("POST", "/wandb/files/ava/p/r/file_stream", JSON.stringify({ files }))).status).toBe(200);
  const { instances } = JSON.parse((await send("GET", "/v1/trainings/p/instances")).text) as { instances: [{ id: string }] };
  const log = await send("GET", `/v1/instances/${instances[0].id}/logs?download`);
  expect(log.text === `${line}\nnext\n`).toBe(true);
  expect((await send("GET", `/v1/instances/${instances[0].id}/export?format=jsonl`)).text).toContain('"value":1');
});
