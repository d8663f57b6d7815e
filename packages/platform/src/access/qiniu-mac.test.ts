import { readFileSync } from "node:fs";
import { sign } from "ava-kodo";
import { expect, test } from "vitest";
import { idsOf, seriesOf } from "../testing/seen.js";
import { type TestServer, testServer } from "../testing/test-server.js";
import { isSignedBy } from "./qiniu-mac.js";

interface Vector {
  name: string;
  input: { method: string; url: string; contentType?: string; headers?: Record<string, string>; body?: string | null };
  output: { authorization: string };
}

const vectors = JSON.parse(readFileSync(new URL("../../../../tests/vectors/kodo-vectors.json", import.meta.url), "utf8")) as {
  credentials: { accessKey: string; secretKey: string };
  groups: Record<string, { vectors: Vector[] }>;
};
const cases = ["qiniuAuthorization", "qiniuAuthorizationPort"].flatMap((group) => vectors.groups[group]!.vectors);

test.each(cases)("a request that another client signed is known: $name", ({ input, output }) => {
  const { host, pathname, search } = new URL(input.url);
  const sent = Object.entries(input.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  // That client sends this type where it was given none, and the method in capitals.
  const type = input.contentType || "application/x-www-form-urlencoded";
  const headers = { ...Object.fromEntries(sent), "content-type": type, authorization: output.authorization };
  const nowMs = dateOf(headers["x-qiniu-date"]);
  const request = { method: input.method.toUpperCase(), target: pathname + search, host, headers, body: Buffer.from(input.body ?? "") };
  expect(isSignedBy(request, vectors.credentials, nowMs)).toBe(true);
  expect(isSignedBy({ ...request, method: "PATCH" }, vectors.credentials, nowMs)).toBe(false);
  expect(isSignedBy({ ...request, host: "elsewhere" }, vectors.credentials, nowMs)).toBe(false);
});

function dateOf(header: string | undefined): number {
  return header === undefined ? 0 : Date.parse(header.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

const token = "secret-token";
const key = { host: "0.0.0.0", token, avaKey: "the-ak:the-sk" };

interface Signed {
  method?: "GET" | "POST" | "PUT";
  url: string;
  payload?: object;
  secretKey?: string;
  accessKey?: string;
  headers?: Record<string, string>;
}

/** As the client of 2018 does it: JSON bodies are signed, requests without a body name no content type. */
async function ask(
  { app }: TestServer,
  { method = "GET", url, payload, secretKey = "the-sk", accessKey = "the-ak", headers = {} }: Signed,
) {
  const type = payload === undefined ? "" : "Content-Type: application/json\n";
  const body = payload === undefined ? "" : JSON.stringify(payload);
  const qiniu = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  const signature = sign(secretKey, `${method} ${url}\nHost: platform:5660\n${type}${qiniu.join("")}\n${body}`);
  const authorization = `Qiniu ${accessKey}:${signature}`;
  const sent = { host: "platform:5660", authorization, ...headers, ...(body === "" ? {} : { "content-type": "application/json" }) };
  return app.inject({ method, url, headers: sent, ...(body === "" ? {} : { payload: body }) });
}

test("the key pair opens what the token opens; a wrong key, a changed body and an old date do not, and leave nothing", async () => {
  const server = await testServer(key);
  const url = "/v1/trainings/mnist/instances";
  const payload = { status: "running", params: {} };
  expect((await ask(server, { method: "POST", url, payload, secretKey: "other" })).statusCode).toBe(401);
  expect((await ask(server, { method: "POST", url, payload, accessKey: "other" })).statusCode).toBe(401);
  const authorization = `Qiniu the-ak:${sign("the-sk", `POST ${url}\nHost: platform:5660\nContent-Type: application/json\n\n{}`)}`;
  const changed = { host: "platform:5660", authorization, "content-type": "application/json" };
  expect((await server.app.inject({ method: "POST", url, headers: changed, payload: JSON.stringify(payload) })).statusCode).toBe(401);
  expect((await ask(server, { url: "/v1/trainings", headers: { "X-Qiniu-Date": "20250101T000000Z" } })).statusCode).toBe(403);
  expect((await ask(server, { method: "POST", url, payload: { status: 7 } })).statusCode).toBe(400);
  expect(await idsOf(server.store)).toEqual([]);
  expect((await ask(server, { url: "/v1/trainings", headers: { "X-Qiniu-Date": "20260101T000500Z" } })).statusCode).toBe(200);
  expect((await ask(server, { method: "POST", url, payload })).json()).toMatchObject({ training: "mnist", state: "running" });
});

test("a body that is larger than the route's limit is refused before its signature is looked at", async () => {
  const server = await testServer(key);
  const payload = { params: { text: "x".repeat(5_000_000) } };
  expect((await ask(server, { method: "POST", url: "/v1/trainings/mnist/instances", payload })).statusCode).toBe(413);
});

test("without authorization metrics are taken for running ids that the key pair created, and for nothing else", async () => {
  const server = await testServer(key);
  const report = async (id: string): Promise<number> => {
    const url = `/v1/report/trainings/${id}/metric`;
    return (await server.app.inject({ method: "POST", url, payload: `ava_metric_training_loss,id=${id},batch=1 value=1\n` })).statusCode;
  };
  const create = { method: "POST" as const, url: "/v1/trainings/mnist/instances", payload: { status: "running" } };
  const { id } = (await ask(server, create)).json<{ id: string }>();
  const bearer = { authorization: `Bearer ${token}` };
  const other = (await server.app.inject({ ...create, headers: bearer })).json<{ id: string }>().id;
  expect([await report(id), await report(other), await report("unknown")]).toEqual([200, 401, 401]);
  // An id that looks like one, of an instance that is not there.
  expect(await report(`${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`)).toBe(401);
  expect((await seriesOf(server.store, id, "loss"))?.count).toBe(1);
  expect(await idsOf(server.store)).toEqual([id, other].sort());
  const end = { method: "PUT" as const, url: `/v1/trainings/mnist/instances/${id}`, payload: { status: "done", errMsg: "" } };
  expect((await ask(server, end)).json()).toMatchObject({ status: "done" });
  expect(await report(id)).toBe(401);
});
