import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { caffeLog } from "../processes/paths.js";
import { type ExportedPoint, freePort, PlatformProcess } from "../processes/platform.js";

const LOG = readFileSync(caffeLog("multiloss"), "utf8");
const ROUNDS = 9;

/** Trainers that print one log again and again, in pieces of odd sizes, as fast as they can. */
const TRAINERS: Record<string, string[]> = {
  node: [
    process.execPath,
    "-e",
    `const log = require('fs').readFileSync(process.argv[1]); let at = 0;
     const go = () => { const n = 1 + Math.floor(Math.random() * 9000); process.stdout.write(log.subarray(at, at + n), () => { at += n; if (at >= log.length) at = 0; setImmediate(go); }); }; go();`,
    caffeLog("multiloss"),
  ],
  python3: [
    "python3",
    "-c",
    "import signal, sys\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nlog = open(sys.argv[1]).read()\nwhile True:\n  for line in log.splitlines(True): sys.stdout.write(line)",
    caffeLog("multiloss"),
  ],
  sh: ["sh", "-c", `while :; do cat ${caffeLog("multiloss")}; done`],
};

/** What `ava-sdk parse` finds in a text, as comparable lines. */
async function parsed(text: string): Promise<string[]> {
  const file = path.join(newWorkspace(), "log");
  writeFileSync(file, text);
  const { stdout } = await runAva(["parse", "--parser", "caffe", file], {});
  const lines = stdout.toString().split("\n");
  return lines.filter((line) => line.startsWith('{"name"')).map((line) => comparable(JSON.parse(line) as ExportedPoint));
}

function comparable({ name, labels, step, value }: ExportedPoint): string {
  return `${name} ${JSON.stringify(labels ?? {})} ${step} ${value}`;
}

test("killed at random moments, with the platform killed and started in between, nothing recorded is missing or doubled", async () => {
  const platform = new PlatformProcess(await freePort());
  onTestFinished(() => platform.stop("SIGKILL"));
  await platform.start();
  const workspace = newWorkspace();
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url };
  const seen = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round++) {
    const signal = (["SIGKILL", "SIGTERM", "SIGINT"] as const)[round % 3] as "SIGKILL";
    const trainer = ["node", "python3", "sh"][Math.floor(round / 3)] as string;
    const id = `${trainer}-${signal}`;
    const run = startAva(["run", "--id", id, "--parser", "caffe", "--", ...(TRAINERS[trainer] as string[])], env);
    await waitFor(() => run.stdout().length > 50_000, "some output");
    if (round % 2 === 0) {
      await platform.stop("SIGKILL");
      await pause(Math.random() * 150);
      await platform.start();
    }
    await pause(Math.random() * 150);
    run.child.kill(signal);
    const result = await run.result;
    expect(result.exitCode).toBe({ SIGKILL: null, SIGTERM: 143, SIGINT: 130 }[signal]);
    seen.set(id, result.stdout.toString());
  }
  const synced = await runAva(["sync", "--json"], env);
  expect(synced.stderr.toString()).toBe("");

  for (const [id, output] of seen) {
    const log = await platform.logOf(id);
    // The journal is written first: it has at least what was seen, and only what the trainer said.
    expect(log.startsWith(output), `${id}: what was seen is recorded`).toBe(true);
    expect(LOG.repeat(Math.ceil(log.length / LOG.length) + 1).startsWith(log), `${id}: only what was printed is recorded`).toBe(true);
    const points = (await platform.pointsOf(id)).map(comparable).toSorted();
    const expected = (await parsed(log)).toSorted();
    // The last line may be cut by the kill: its value is then not yet a point.
    expect(expected.length - points.length, `${id}: points`).toBeLessThanOrEqual(id.endsWith("SIGKILL") ? 1 : 0);
    expect(isSubsequence(points, expected), `${id}: no point doubled or made up`).toBe(true);
  }
}, 180_000);

function isSubsequence(part: string[], whole: string[]): boolean {
  let at = 0;
  for (const item of whole) if (item === part[at]) at += 1;
  return at === part.length;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
