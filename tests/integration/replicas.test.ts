import { spawnSync } from "node:child_process";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { type Replicas, startReplicas } from "../processes/replicas.js";

const token = "token-of-replicas";

/** Runs the command to its end. */
function runPlatform(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [repositoryPath("packages/platform/bin/ava-platform.js"), ...args], { encoding: "utf8" });
}

it.each([
  ["--port", "0", "--database"],
  ["token", "--database"],
  ["check", "--database"],
  ["migrate", "--to", "./never-made", "--from"],
])("a database that cannot be reached is named, at %s %s, without its password, and what to do", async (...args) => {
  const { status, stderr } = runPlatform([...args, `postgres://ava:pass-word@127.0.0.1:${await freePort()}/ava`]);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^ava-platform: No host of the database takes writes now \(127\.0\.0\.1:\d+: .*ECONNREFUSED.*\)\. See that PostgreSQL runs, and that its address is right\.\n$/,
  );
  expect(stderr).not.toContain("pass-word");
});

describe.skipIf(POSTGRES_BIN === undefined)("three replicas on one database", () => {
  let replicas: Replicas;
  let first: PlatformProcess;
  let second: PlatformProcess;
  let third: PlatformProcess;

  beforeAll(async () => {
    replicas = await startReplicas({ token });
    [first, second, third] = replicas.platforms as [PlatformProcess, PlatformProcess, PlatformProcess];
  });
  afterAll(() => replicas?.stop());

  const post = (platform: PlatformProcess, route: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(platform.url + route, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const bearer = { authorization: `Bearer ${token}` };

  it("a session begun on one is open on all, and ended on all once it is ended on one", async () => {
    const answer = await post(first, "/v1/login", { token });
    const [cookie = ""] = answer.headers.get("set-cookie")!.split(";");
    const statuses = (): Promise<number[]> =>
      Promise.all(replicas.platforms.map(async ({ url }) => (await fetch(`${url}/v1/trainings`, { headers: { cookie } })).status));
    expect(await statuses()).toEqual([200, 200, 200]);
    expect((await post(second, "/v1/logout", {}, { cookie })).status).toBe(200);
    await waitFor(async () => String(await statuses()) === "401,401,401", "the session to end everywhere");
  });

  it("a link to a model's file that one made opens it on the others", async () => {
    const spec = { name: "linked", type: "snapshot", file: "qiniu://1@z0/models/a/model.bin", key: "a/model.bin", bytes: 1, hash: "h" };
    const made = await post(first, "/v1/models", spec, bearer);
    const { download } = (await made.json()) as { download: string };
    // What lies in Kodo cannot be given out here; without a link nothing is said of it.
    const status = async (route: string): Promise<number> => (await fetch(third.url + route, { redirect: "manual" })).status;
    expect([await status(download), await status(download.replace(/sign=.../, "sign=AAA"))]).toEqual([409, 401]);
  });

  it("of wrong logins that come to all replicas at once ten are looked at, not ten by each", async () => {
    const logIn = (platform: PlatformProcess, given: string): Promise<number> =>
      post(platform, "/v1/login", { token: given }).then(({ status }) => status);
    const guesses = Array.from({ length: 15 }, (_, i) => replicas.platforms.map((platform) => logIn(platform, `wrong-token-${i}`)));
    const lookedAt = (await Promise.all(guesses.flat())).filter((status) => status !== 429);
    expect(new Set(lookedAt)).toEqual(new Set([401]));
    expect(lookedAt.length).toBeGreaterThanOrEqual(7);
    expect(lookedAt.length).toBeLessThanOrEqual(10);
    for (const platform of replicas.platforms) await waitFor(async () => (await logIn(platform, token)) === 429, "each to refuse");
  });

  it("the token that replicas made is one, which the command prints and renews", async () => {
    const database = replicas.server.url(await replicas.server.database());
    const open = await Promise.all([1, 2].map(async () => new PlatformProcess(await freePort(), { host: "0.0.0.0", database })));
    await Promise.all(open.map((platform) => platform.start()));
    const made = runPlatform(["token", "--database", database]).stdout.trim();
    const headers = { authorization: `Bearer ${made}` };
    for (const { port } of open) expect((await fetch(`http://127.0.0.1:${port}/v1/trainings`, { headers })).status).toBe(200);
    expect(runPlatform(["token", "--database", database, "--renew"]).stdout.trim()).not.toBe(made);
    await Promise.all(open.map((platform) => platform.stop()));
    await open[0]!.start();
    expect((await fetch(`http://127.0.0.1:${open[0]!.port}/v1/trainings`, { headers })).status).toBe(401);
    await open[0]!.stop();
  });

  it("of a burst of different wrong tokens in headers, to all replicas at once, at most as many are looked at as of one after the other and five for each", async () => {
    // An address of its own: it is closed then.
    const ask = ({ port }: PlatformProcess, guess: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${guess}` };
        const asked = request({ host: "127.0.0.1", port, path: "/v1/trainings", localAddress: "127.0.0.9", headers });
        asked
          .on("response", (answer) => resolve(answer.resume().statusCode))
          .on("error", reject)
          .end();
      });
    const guesses = Array.from({ length: 60 }, (_, i) => replicas.platforms.map((platform, no) => ask(platform, `guess-${no}-${i}`)));
    const lookedAt = (await Promise.all(guesses.flat())).filter((status) => status !== 429);
    expect(lookedAt.every((status) => status === 401)).toBe(true);
    expect(lookedAt.length).toBeLessThanOrEqual(47 + 5 * replicas.platforms.length);
  });

  it("a saved view and an instance put on one are there on the others at once", async () => {
    const headers = { ...bearer, "content-type": "application/json" };
    const put = (platform: PlatformProcess, route: string, body: object): Promise<Response> =>
      fetch(platform.url + route, { method: "PUT", headers, body: JSON.stringify(body) });
    expect((await put(first, "/v1/views/shared", { sort: "-startTime" })).status).toBe(200);
    expect((await put(first, "/v1/instances/shared-run", { training: "t", params: { lr: 1 } })).status).toBe(200);
    for (const platform of replicas.platforms) {
      expect(await platform.get("/v1/instances/shared-run")).toMatchObject({ id: "shared-run", params: { lr: 1 } });
      expect(JSON.stringify(await platform.get("/v1/views"))).toContain('"shared"');
    }
  });
});
