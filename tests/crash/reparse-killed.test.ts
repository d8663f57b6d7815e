import type { InstanceDetail, ReparseAnswer, ReparseSummary } from "ava-protocol";
import { expect, onTestFinished, test } from "vitest";
import { newWorkspace, runAva, waitFor } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { startReplicas } from "../processes/replicas.js";

const RULE = "step (?<step>\\d+) loss (?<loss>\\S+)";
const LINES = 120_000;

test("a platform that is killed while it adds points takes them back when it starts again; the next reparse adds each once", async () => {
  const platform = new PlatformProcess(await freePort());
  await platform.start();
  const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const ask = async <Answer>(route: string, body?: object): Promise<Answer> => {
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (await fetch(`${platform.url}/v1/instances/big${route}`, body && post)).json() as Promise<Answer>;
  };
  const reparses = async () => (await ask<{ reparses: ReparseSummary[] }>("/reparse")).reparses;
  const program = `for (let i = 1; i <= ${LINES}; i++) console.log("step " + i + " loss " + 1 / i)`;
  await runAva(["run", "--quiet", "--id", "big", "--parser", "none", "--", process.execPath, "-e", program], env);

  const cut = ask("/reparse", { rules: [RULE] }).catch(() => "cut off");
  await waitFor(async () => (await reparses())[0]?.state === "running", "the first points are added");
  await platform.stop("SIGKILL");
  expect(await cut).toBe("cut off");
  await platform.start();
  await waitFor(async () => (await reparses())[0]?.state === "undone", "what was half added is taken back");
  expect((await ask<InstanceDetail>("")).series).toEqual([]);

  const { n, points, known } = await ask<ReparseAnswer>("/reparse", { rules: [RULE] });
  expect([n, points, known]).toEqual([2, LINES, 0]);
  expect((await reparses()).map(({ state }) => state)).toEqual(["undone", "done"]);
  expect((await ask<InstanceDetail>("")).series).toMatchObject([{ name: "loss", count: LINES, firstStep: 1, lastStep: LINES }]);
  await platform.stop();
});

test.skipIf(POSTGRES_BIN === undefined)(
  "of two replicas one at a time reparses an instance; what one that stands still has half added another takes back, and adds nothing more when it wakes",
  async () => {
    const { server, database, platforms, stop } = await startReplicas({ count: 2 });
    onTestFinished(stop);
    const [first, second] = platforms as [PlatformProcess, PlatformProcess];
    const reparse = async ({ url }: PlatformProcess): Promise<{ status: number; answer: ReparseAnswer }> => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${url}/v1/instances/big/reparse`, { method: "POST", headers, body: JSON.stringify({ rules: [RULE] }) });
      return { status: answer.status, answer: (await answer.json()) as ReparseAnswer };
    };
    const states = async (): Promise<string[]> =>
      (await second.get<{ reparses: ReparseSummary[] }>("/v1/instances/big/reparse")).reparses.map(({ state }) => state);
    const program = `for (let i = 1; i <= ${LINES}; i++) console.log("step " + i + " loss " + 1 / i)`;
    const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: second.url };
    await runAva(["run", "--quiet", "--id", "big", "--parser", "none", "--", process.execPath, "-e", program], env);

    const cut = reparse(first);
    await waitFor(async () => (await states())[0] === "unfinished", "the first points are added");
    first.signal("SIGSTOP");
    // It may hold a lock, until the database ends its transaction.
    await server.sql("update ava.reparse_turns set expires = now() + interval '1 hour'", database);
    expect((await reparse(second)).status).toBe(409);
    await server.sql("update ava.reparse_turns set expires = now()", database);
    await waitFor(async () => (await states())[0] === "undone", "what was half added is taken back", 90_000);
    expect((await second.get<InstanceDetail>("/v1/instances/big")).series).toEqual([]);

    expect(await reparse(second)).toMatchObject({ status: 200, answer: { n: 2, points: LINES, known: 0 } });
    first.signal("SIGCONT");
    // It is told so by the store, or by a connection that the database has cut meanwhile.
    expect([409, 503]).toContain((await cut).status);
    expect(await states()).toEqual(["undone", "done"]);
    expect((await second.get<InstanceDetail>("/v1/instances/big")).series).toMatchObject([{ name: "loss", count: LINES, lastStep: LINES }]);
  },
  240_000,
);
