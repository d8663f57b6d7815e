import { expect, test } from "vitest";
import { testServer } from "../testing/test-server.js";
import { AttemptLimit, type SharedCounts } from "./attempt-limit.js";

const token = "secret-token";
const proxies = { host: "0.0.0.0", token, trustedProxies: ["127.0.0.1"] };

test("wrong logins are counted for each address, told, and refused after ten, the right token among them", async () => {
  const { app, advance, warnings } = await testServer(proxies);
  const logIn = async (given: string, address: string): Promise<[status: number, retryAfter: unknown]> => {
    const answer = await app.inject({
      method: "POST",
      url: "/v1/login",
      payload: { token: given },
      headers: { "x-forwarded-for": address },
    });
    return [answer.statusCode, answer.headers["retry-after"]];
  };
  for (let i = 0; i < 10; i++) expect(await logIn("wrong", "10.0.0.1")).toEqual([401, undefined]);
  expect(await logIn(token, "10.0.0.1")).toEqual([429, "300"]);
  expect(await logIn(token, "10.0.0.2")).toEqual([200, undefined]);
  expect(warnings).toHaveLength(10);
  expect(warnings[0]).toBe("A login from 10.0.0.1 was refused, wrong token, number 1.");
  expect(warnings[9]).toBe("A login from 10.0.0.1 was refused, wrong token, number 10; no more for 300 s.");
  expect(warnings.join("")).not.toContain("wrong token-");
  advance(300_000);
  expect(await logIn(token, "10.0.0.1")).toEqual([200, undefined]);
});

test("an address that a proxy made up cannot write lines of its own into the output", async () => {
  const { app, warnings } = await testServer(proxies);
  const headers = { "x-forwarded-for": "\u001b[31m evil" };
  await app.inject({ method: "POST", url: "/v1/login", payload: { token: "wrong" }, headers });
  expect(warnings).toEqual([expect.stringMatching(/^A login from [\x20-\x7e]+ was refused/)]);
});

test("a program with an old token is one guess however often it asks; many different ones are refused", async () => {
  const { app, warnings } = await testServer(proxies);
  const ask = async (bearer: string, address: string): Promise<number> => {
    const headers = { authorization: `Bearer ${bearer}`, "x-forwarded-for": address };
    return (await app.inject({ url: "/v1/trainings", headers })).statusCode;
  };
  for (let i = 0; i < 100; i++) expect(await ask("old", "10.0.0.1")).toBe(401);
  expect(await ask(token, "10.0.0.1")).toBe(200);
  for (let i = 0; i < 50; i++) expect(await ask(`guess-${i}`, "10.0.0.2")).toBe(401);
  expect([await ask(token, "10.0.0.2"), await ask(token, "10.0.0.1")]).toEqual([429, 200]);
  expect(warnings).toEqual(["50 different wrong tokens came from 10.0.0.2: tokens from there are refused for 300 s."]);
});

test("many addresses together are refused, in bounded memory; the addresses of one IPv6 network are one", () => {
  let nowMs = 0;
  const limit = new AttemptLimit({ windowMs: 60_000, perAddress: 3, overall: 100_000 }, () => nowMs);
  for (let i = 0; i < 3; i++) limit.countWrong(`2001:db8:0:7::${i}`);
  expect([limit.waitSeconds("2001:db8::7:1:2:3:4"), limit.waitSeconds("2001:db8:0:8::1")]).toEqual([60, 0]);
  for (let i = 3; i < 100_000; i++) limit.countWrong(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  expect(limit["counts"].size).toBe(10_000);
  expect(limit.waitSeconds("192.168.0.1")).toBe(60);
  nowMs = 60_000;
  expect(limit.waitSeconds("192.168.0.1")).toBe(0);
});

test("of a burst of different wrong tokens few are looked at before the other replicas have heard of them; then more are", async () => {
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => (tell = resolve));
  const shared: SharedCounts = { tell: () => told, forget: () => undefined, of: () => undefined };
  const limit = new AttemptLimit({ windowMs: 60_000, perAddress: 50, overall: Number.POSITIVE_INFINITY }, () => 0, shared);
  let looked = 0;
  const burst = (): void => {
    for (let i = 0; i < 40; i++) if (limit.waitSeconds("10.0.0.1") === 0) limit.countWrong("10.0.0.1", `guess-${looked++}`);
  };
  burst();
  expect([looked, limit.waitSeconds("10.0.0.1"), limit.waitSeconds("10.0.0.2")]).toEqual([5, 1, 0]);
  tell();
  await expect.poll(() => limit.waitSeconds("10.0.0.1")).toBe(0);
  expect(limit["untold"].size).toBe(0);
});
