// What ships a journal is killed at each call that changes a file, and at each request: nothing is deleted that the platform does not have.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type RecordsServer, type ScriptedAnswer, startRecordsServer } from "../../packages/sdk/src/ship/testing/records-server.js";
import { newRun, startWriter } from "../processes/agent.js";
import { newWorkspace } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";

/** Four bodies. */
const POINTS = 60_000;
const STEPS = Array.from({ length: POINTS }, (_, step) => step);

/** @returns a run whose writer is gone and left a dozen segments */
async function unshipped(): Promise<string> {
  const { run } = newRun("ship-killed");
  const writer = startWriter("journals", run, POINTS, 1, POINTS, 300_000);
  await writer.written;
  await writer.end();
  expect(readdirSync(path.join(run, "journal")).length).toBeGreaterThan(8);
  return run;
}

function copyOf(run: string): string {
  const copy = path.join(newWorkspace(), "run", path.basename(run));
  cpSync(run, copy, { recursive: true });
  return copy;
}

async function startServer(): Promise<RecordsServer> {
  const server = await startRecordsServer();
  onTestFinished(() => server.close());
  return server;
}

/** Runs `ava-sdk sync`. @returns the signal that ended it */
async function sync(run: string, server: RecordsServer, env: Record<string, string> = {}, onStart?: (kill: () => void) => void) {
  const child = spawn(process.execPath, [repositoryPath("packages/sdk/bin/ava-sdk.js"), "sync", run], {
    env: { PATH: process.env["PATH"], AVA_PLATFORM_URL: server.url, ...env },
    stdio: "ignore",
  });
  onStart?.(() => child.kill("SIGKILL"));
  await once(child, "exit");
  return child.signalCode;
}

/** What was shipped before the kill and what the next one ships is everything, once. */
async function expectCompleted(run: string, server: RecordsServer, what: string): Promise<void> {
  server.answer = () => undefined;
  expect({ what, signal: await sync(run, server) }).toEqual({ what, signal: null });
  expect({ what, steps: [...server.steps.values()] }).toEqual({ what, steps: [STEPS] });
  expect({ what, left: readdirSync(path.join(run, "journal")) }).toEqual({ what, left: [] });
}

test("killed at any call that changes a file, the next sync completes it exactly", async () => {
  const run = await unshipped();
  let kills = 0;
  for (let at = 2; ; at += 2) {
    const [copy, server] = [copyOf(run), await startServer()];
    const env = { NODE_OPTIONS: `--require ${repositoryPath("tests/programs/die-at-call.cjs")}`, AVA_TEST_DIE_AT: String(at) };
    if ((await sync(copy, server, env)) === null) break;
    kills++;
    await expectCompleted(copy, server, `killed before call ${at / 2}`);
  }
  // At least one for each segment.
  expect(kills).toBeGreaterThan(8);
}, 180_000);

test.each([
  ["before it is taken", { status: 503, body: "" }],
  ["after it is taken", { status: 503, body: "", isTaken: true }],
] as [string, ScriptedAnswer][])(
  "killed at any request, %s, the next sync completes it exactly",
  async (_, answer) => {
    const run = await unshipped();
    let kills = 0;
    for (let at = 1; ; at++) {
      const [copy, server] = [copyOf(run), await startServer()];
      let requests = 0;
      const signal = await sync(copy, server, {}, (kill) => {
        server.answer = () => {
          if (++requests !== at) return undefined;
          kill();
          return answer;
        };
      });
      if (signal === null) break;
      kills++;
      await expectCompleted(copy, server, `killed at request ${at}`);
    }
    expect(kills).toBeGreaterThan(4);
  },
  180_000,
);
