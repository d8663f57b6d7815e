import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../testing/folder.js";
import { type TestServer, testServer } from "../testing/test-server.js";
import { SESSION_SECONDS } from "./ended-sessions.js";

const token = "secret-token";
const host = "0.0.0.0";

async function logIn({ app }: TestServer, headers: Record<string, string> = {}): Promise<{ cookie: string; attributes: string }> {
  const answer = await app.inject({ method: "POST", url: "/v1/login", payload: { token }, headers });
  const [, cookie = "", attributes = ""] = /^([^;]+); (.*)$/.exec(String(answer.headers["set-cookie"])) ?? [];
  return { cookie, attributes };
}

async function statusOf({ app }: TestServer, cookie: string): Promise<number> {
  return (await app.inject({ url: "/v1/trainings", headers: { cookie } })).statusCode;
}

test("a session outlives a restart, and ends with a month, with another token, and when a letter of it is changed", async () => {
  const dataDir = testFolder();
  const { cookie } = await logIn(await testServer({ host, token, dataDir: testFolder() }));
  const first = await testServer({ host, token, dataDir });
  const own = (await logIn(first)).cookie;
  expect([await statusOf(first, own), await statusOf(first, cookie)]).toEqual([200, 401]);
  expect(
    await statusOf(
      first,
      own.replace(/.(?=\.[^.]*$)/, (letter) => (letter === "A" ? "B" : "A")),
    ),
  ).toBe(401);
  await first.store.close();
  await first.app.close();
  const again = await testServer({ host, token, dataDir });
  expect(await statusOf(again, own)).toBe(200);
  again.advance(SESSION_SECONDS * 1000);
  expect(await statusOf(again, own)).toBe(401);
  await again.store.close();
  await again.app.close();
  expect(await statusOf(await testServer({ host, token: "another-token", dataDir }), own)).toBe(401);
});

test("logging out ends the session itself, also after a restart, and no other one", async () => {
  const dataDir = testFolder();
  const server = await testServer({ host, token, dataDir });
  const [{ cookie }, other] = [await logIn(server), await logIn(server)];
  const answer = await server.app.inject({ method: "POST", url: "/v1/logout", headers: { cookie } });
  expect([answer.statusCode, String(answer.headers["set-cookie"])]).toEqual([
    200,
    expect.stringMatching(/^ava_session=; Path=\/; Max-Age=0;/),
  ]);
  expect([await statusOf(server, cookie), await statusOf(server, other.cookie)]).toEqual([401, 200]);
  expect(statSync(join(dataDir, "ended-sessions.json")).mode & 0o777).toBe(0o600);
  await server.store.close();
  await server.app.close();
  const again = await testServer({ host, token, dataDir });
  expect([await statusOf(again, cookie), await statusOf(again, other.cookie)]).toEqual([401, 200]);
});

test("a damaged list of ended sessions revives none of them", async () => {
  const dataDir = testFolder();
  const server = await testServer({ host, token, dataDir });
  const { cookie } = await logIn(server);
  await server.store.close();
  await server.app.close();
  writeFileSync(join(dataDir, "ended-sessions.json"), '{"untilS":');
  const again = await testServer({ host, token, dataDir });
  expect(await statusOf(again, cookie)).toBe(401);
  again.advance(1000);
  expect(await statusOf(again, (await logIn(again)).cookie)).toBe(200);
});

test.each([
  ["a trusted proxy that speaks TLS", ["127.0.0.1"], "https", true],
  ["a trusted proxy that does not", ["127.0.0.1"], "http", false],
  ["another address that says so", ["10.0.0.0/8"], "https", false],
])("behind %s the cookie is Secure only if the connection is", async (_what, trustedProxies, protocol, isSecure) => {
  const server = await testServer({ host, token, trustedProxies });
  const { attributes } = await logIn(server, { "x-forwarded-proto": protocol });
  expect(attributes.endsWith("; Secure")).toBe(isSecure);
});

test("a data folder that cannot be written does not prevent logging in and out; it is told", async () => {
  const dataDir = testFolder();
  // Folders in the places of the files: neither root nor another user can write those.
  for (const name of ["secret", "ended-sessions.json"]) mkdirSync(join(dataDir, `${name}.${process.pid}`));
  const server = await testServer({ host, token, dataDir });
  const { cookie } = await logIn(server);
  expect(await statusOf(server, cookie)).toBe(200);
  expect((await server.app.inject({ method: "POST", url: "/v1/logout", headers: { cookie } })).statusCode).toBe(200);
  expect(await statusOf(server, cookie)).toBe(401);
  expect(server.warnings).toEqual([
    expect.stringMatching(/secret cannot be written \(E\w+\): logins are forgotten/),
    expect.stringMatching(/ended-sessions\.json cannot be written \(E\w+\): the logout holds/),
  ]);
});
