import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../testing/folder.js";
import { testServer } from "../testing/test-server.js";
import { Access, isLoopback } from "./access.js";
import { folderKeep } from "./access-keep.js";
import { keptToken } from "./token-file.js";

const token = "secret-token";
const noWarning = (message: string): never => expect.unreachable(message);
const listed = { method: "GET", url: "/v1/trainings" } as const;

test("loopback without a token is open", async () => {
  const { app } = await testServer();
  expect((await app.inject(listed)).statusCode).toBe(200);
  expect((await app.inject("/v1/me")).json()).toEqual({ needsToken: false, isLoggedIn: true });
});

test.each([
  ["none", {}],
  ["a wrong one", { authorization: "Bearer wrong" }],
  ["a wrong session", { cookie: "ava_session=wrong" }],
  ["the token as a session", { cookie: `ava_session=${token}` }],
  ["a malformed cookie", { cookie: "ava_session=%; %E0%A4%A=%; ==; ;" }],
  ["a malformed header", { authorization: "Bearer" }],
  ["another scheme", { authorization: `Basic ${token}` }],
])("with a token configured the API is closed to %s", async (_what, headers) => {
  const { app } = await testServer({ host: "0.0.0.0", token });
  for (const url of ["/v1/trainings", "/metrics", "/v1/live", "/v1/nothing"]) {
    const answer = await app.inject({ url, headers });
    expect([url, answer.statusCode]).toEqual([url, 401]);
    expect(answer.json()).toMatchObject({ error: { code: "unauthorized" } });
  }
  for (const url of ["/healthz", "/v1/me", "/"]) expect((await app.inject({ url, headers })).statusCode).toBe(200);
});

test("a malformed cookie is ignored where the platform is open", async () => {
  const { app } = await testServer();
  expect((await app.inject({ ...listed, headers: { cookie: "ava_session=%E0%A4%A; ava_token=%" } })).statusCode).toBe(200);
});

test.each([
  ["short", "only-eleven", /has 11 characters, and at least 12/],
  ["empty", "", /has 0 characters/],
  ["unsendable", "a token with blanks", /letters, digits and signs/],
])("a chosen token that is %s is refused at the start", (_what, chosen, message) => {
  expect(
    () => new Access({ host: "127.0.0.1", token: chosen }, folderKeep(testFolder(), Date.now, noWarning), Date.now, noWarning),
  ).toThrow(message);
});

test("an emptied file of the made token does not open the platform to an empty one", () => {
  const folder = testFolder();
  writeFileSync(join(folder, "token"), "\n");
  const access = new Access({ host: "0.0.0.0" }, folderKeep(folder, Date.now, noWarning), Date.now, noWarning);
  expect([access.isToken(""), access.madeToken?.length]).toEqual([false, 40]);
});

test("behind a trusted proxy a token is needed, also on loopback", () => {
  expect(
    new Access({ host: "127.0.0.1", trustedProxies: ["127.0.0.1"] }, folderKeep(testFolder(), Date.now, noWarning), Date.now, noWarning)
      .needsToken,
  ).toBe(true);
});

test("a token opens, in the header or traded for a session", async () => {
  const { app } = await testServer({ host: "0.0.0.0", token });
  expect((await app.inject({ ...listed, headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(200);
  expect((await app.inject({ method: "POST", url: "/v1/login", payload: { token: "wrong" } })).statusCode).toBe(401);
  const login = await app.inject({ method: "POST", url: "/v1/login", payload: { token } });
  const cookie = String(login.headers["set-cookie"]);
  expect(cookie).toMatch(/^ava_session=[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(token);
  const headers = { cookie: cookie.split(";")[0]! };
  expect((await app.inject({ ...listed, headers })).statusCode).toBe(200);
  expect((await app.inject({ url: "/v1/me", headers })).json()).toEqual({ needsToken: true, isLoggedIn: true });
  expect((await app.inject("/v1/me")).json()).toEqual({ needsToken: true, isLoggedIn: false });
});

test.each([
  ["a foreign host name", { method: "GET", headers: { host: "evil.example:5660" } }, 403],
  ["a foreign origin", { method: "PUT", headers: { origin: "https://evil.example" } }, 403],
  ["a foreign page", { method: "PUT", headers: { "sec-fetch-site": "cross-site" } }, 403],
  ["an opaque origin", { method: "PUT", headers: { origin: "null" } }, 403],
  ["the own page", { method: "PUT", headers: { host: "localhost:5660", origin: "http://localhost:5660" } }, 200],
  ["a check of HTTP/1.0 that names no host", { method: "GET", headers: { host: "" } }, 404],
  ["IPv6 loopback", { method: "GET", headers: { host: "[::1]:5660" } }, 404],
])("on loopback %s is answered as it should be", async (_what, request, status) => {
  const { app } = await testServer();
  const payload = request.method === "PUT" ? { payload: {} } : {};
  expect((await app.inject({ ...request, method: request.method as "GET", url: "/v1/instances/a", ...payload })).statusCode).toBe(status);
});

test.each([
  ["cut short", "a1b2"],
  ["overwritten with bytes", "\0\u0001\ufffd".repeat(20)],
])("a file of the made token that was %s does not open the platform to who guesses that: it does not start", (_what, content) => {
  const dataDir = testFolder();
  writeFileSync(join(dataDir, "token"), content);
  expect(
    () =>
      new Access(
        { host: "0.0.0.0" },
        folderKeep(dataDir, Date.now, () => undefined),
        Date.now,
        () => undefined,
      ),
  ).toThrow("token cannot be used");
});

test("a made token is kept, for its owner only", () => {
  const folder = testFolder();
  const { token: made, isNew } = keptToken(folder);
  expect(made).toMatch(/^[a-z0-9]{40}$/);
  expect(isNew).toBe(true);
  expect(keptToken(folder)).toEqual({ token: made, isNew: false });
  expect(statSync(join(folder, "token")).mode & 0o777).toBe(0o600);
});

test.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["localhost", true],
  ["::1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.0.1", false],
  ["127.0.0.1.evil.example", false],
])("%s is loopback: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test("the portal's files are served, its page for every other address, never for the API", async () => {
  const portalDir = testFolder();
  mkdirSync(join(portalDir, "assets"));
  writeFileSync(join(portalDir, "index.html"), "<title>AVA</title>");
  writeFileSync(join(portalDir, "assets", "app-1a2b.js"), "1");
  const { app } = await testServer({ portalDir });
  for (const url of ["/", "/instances/abc?x=1"]) {
    const page = await app.inject(url);
    expect([page.statusCode, page.body, page.headers["cache-control"]]).toEqual([200, "<title>AVA</title>", "no-cache"]);
  }
  const undecodable = await app.inject("/instances/%ff");
  expect([undecodable.statusCode, undecodable.body, undecodable.headers["content-type"]]).toEqual([
    200,
    "<title>AVA</title>",
    "text/html; charset=utf-8",
  ]);
  expect((await app.inject("/v1/instances/%ff")).json()).toMatchObject({ error: { code: "bad_request" } });
  expect((await app.inject("/assets/app-1a2b.js")).headers["cache-control"]).toContain("immutable");
  expect((await app.inject("/assets/gone.js")).statusCode).toBe(404);
  expect((await app.inject("/v1/nothing")).json()).toMatchObject({ error: { code: "not_found" } });
  expect((await app.inject("/../../package.json")).body).not.toContain("ava-platform");
});
