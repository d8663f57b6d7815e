import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { testServer } from "../testing/test-server.js";

const REQID = /^[\w-]{16}$/;

test.each([
  ["an answer", "GET", "/v1/trainings", 200],
  ["the page", "GET", "/", 200],
  ["a route that is not there", "GET", "/v1/nothing", 404],
  ["an instance that is not there", "GET", "/v1/instances/nobody", 404],
  ["a wrong body", "POST", "/v1/trainings/mnist/instances", 415],
  ["an address that cannot be read", "GET", "/v1/instances/%E0%A4%A", 400],
] as const)("%s carries X-Reqid and the headers that keep browsers in check", async (_what, method, url, status) => {
  const { app } = await testServer();
  const answer = await app.inject({ method, url, ...(method === "POST" ? { payload: "{", headers: { "content-type": "text/x" } } : {}) });
  expect([400, status]).toContain(answer.statusCode);
  expect(answer.headers["x-reqid"]).toMatch(REQID);
  expect(answer.headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "same-origin" });
  expect(answer.headers["content-security-policy"]).toMatch(/frame-ancestors 'none'/);
});

test("answers that are refused, and streams, carry X-Reqid, too", async () => {
  const { app } = await testServer({ host: "0.0.0.0", token: "secret-token" });
  expect((await app.inject("/v1/trainings")).headers["x-reqid"]).toMatch(REQID);
  const open = await testServer();
  await open.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = open.app.server.address() as { port: number };
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const live = await fetch(`http://127.0.0.1:${port}/v1/live`, { signal: stop.signal });
  expect(live.headers.get("x-reqid")).toMatch(REQID);
  expect(live.headers.get("content-security-policy")).toMatch(/sandbox/);
  const socket = connect(port, "127.0.0.1").end("this is not HTTP\r\n\r\n");
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await once(socket, "close");
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(text).toMatch(/\r\nx-reqid: [\w-]{16}\r\n/);
});

// Whatever a library decodes of a request, it must not be an error of ours when it cannot.
test.each<[what: string, request: { url: string; method?: "POST"; headers?: Record<string, string>; payload?: object | string }]>([
  ["a path", { url: "/%" }],
  ["a path of a file", { url: "/assets/%00.js" }],
  ["a path with half a letter", { url: "/v1/instances/%ff" }],
  ["a query", { url: "/v1/instances/a/series?name=%ff&x=%E0%A4%A" }],
  ["a query twice", { url: "/v1/instances/a/series?name=a&name=b" }],
  ["a query that names a prototype", { url: "/v1/instances?__proto__=1&constructor=2" }],
  ["a cookie", { url: "/v1/me", headers: { cookie: "ava_session=%E0%A4%A; =; a" } }],
  ["a range", { url: "/v1/models/a/file", headers: { range: "bytes=%-", "if-range": "%" } }],
  [
    "a forwarded address",
    { url: "/v1/me", headers: { "x-forwarded-for": ",,%, ::::1", "x-forwarded-proto": "%,,", "x-forwarded-host": "%" } },
  ],
  ["an authorization", { url: "/v1/trainings", headers: { authorization: "Qiniu the-ak:%:%" } }],
  ["an origin", { url: "/v1/login", method: "POST", headers: { origin: "%://" }, payload: {} }],
  ["a content type", { url: "/v1/login", method: "POST", headers: { "content-type": "application/json; charset=%" }, payload: "{}" }],
  ["a time", { url: "/", headers: { "if-modified-since": "%", "if-none-match": "%" } }],
])("%s that cannot be read is not an error of the platform", async (_what, request) => {
  const { app } = await testServer({ host: "0.0.0.0", token: "secret-token", avaKey: "the-ak:the-sk", trustedProxies: ["127.0.0.1"] });
  expect((await app.inject(request)).statusCode).toBeLessThan(500);
  const bearer = { authorization: "Bearer secret-token", ...request.headers };
  expect((await app.inject({ ...request, headers: bearer })).statusCode).toBeLessThan(500);
});
