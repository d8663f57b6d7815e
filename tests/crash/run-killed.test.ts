import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { caffeLog } from "../processes/paths.js";
import { type ExportedPoint, freePort, PlatformProcess } from "../processes/platform.js";
import { randomOf, seedOfTest } from "../random.js";

const LOG = readFileSync(caffeLog("multiloss"), "utf8");
const ROUNDS = 9;

/** Trainers that print one log again and again, in pieces of odd sizes, as fast as they can. */
const TRAINERS: Record<string, string[]> = {
  node: [
    process.execPath,
    "-e",
    `const log = require('fs').readFileSync(process.argv[1]); let at = 0;
     const go = () => { const n = 1 + (at * 7919) % 9000; process.stdout.write(log.subarray(at, at + n), () => { at += n; if (at >= log.length) at = 0; setImmediate(go); }); }; go();`,
    caffeLog("multiloss"),
  ],
  python3: [
    "python3",
    "-c",
    "import signal, sys\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nlog = open(sys.argv[1]).read()\nwhile True:\n  for line in log.splitlines(True): sys.stdout.write(line)",
    caffeLog("multiloss"),
  ],
  sh: ["sh", "-c", `while cat ${caffeLog("multiloss")}; do :; done`],
};

/** What `ava-sdk parse` finds in a text. */
async function parsed(text: string): Promise<ExportedPoint[]> {
  const file = path.join(newWorkspace(), "log");
  writeFileSync(file, text);
  const { stdout } = await runAva(["parse", "--parser", "caffe", file], {});
  const lines = stdout.toString().split("\n");
  return lines.filter((line) => line.startsWith('{"name"')).map((line) => JSON.parse(line) as ExportedPoint);
}

/** Steps and values of each series, in their order; what is measured of the machine is left out. */
function bySeries(points: readonly ExportedPoint[]): Map<string, string[]> {
  const series = new Map<string, string[]>();
  for (const { name, labels, step, value } of points) {
    if (name.startsWith("system/")) continue;
    const key = `${name} ${JSON.stringify(labels ?? {})}`;
    const values = series.get(key) ?? [];
    values.push(`${step} ${value}`);
    series.set(key, values);
  }
  return series;
}

test("killed at random moments, with the platform killed and started in between, nothing recorded is missing or doubled", async () => {
  const random = randomOf(seedOfTest());
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
      await pause(random.below(150));
      await platform.start();
    }
    await pause(random.below(150));
    const before = run.stdout();
    const trainerPids = signal === "SIGKILL" ? watchedPids(path.join(workspace, "run", id)) : [];
    run.child.kill(signal);
    // The trainer outlives its watcher, and what it prints then is passed on, not recorded.
    for (const pid of trainerPids) process.kill(-pid, "SIGKILL");
    const result = await run.result;
    expect(result.exitCode).toBe({ SIGKILL: null, SIGTERM: 143, SIGINT: 130 }[signal]);
    seen.set(id, (signal === "SIGKILL" ? before : result.stdout).toString());
  }
  const synced = await runAva(["sync", "--json"], env);
  expect(synced.stderr.toString()).toBe("");

  for (const [id, output] of seen) {
    const log = await platform.logOf(id);
    // The journal is written first: it has at least what was seen, and only what the trainer said.
    expect(log.startsWith(output), `${id}: what was seen is recorded`).toBe(true);
    expect(LOG.repeat(Math.ceil(log.length / LOG.length) + 1).startsWith(log), `${id}: only what was printed is recorded`).toBe(true);
    const points = bySeries(await platform.pointsOf(id));
    const told = bySeries(await parsed(log.slice(0, log.lastIndexOf("\n") + 1)));
    const possible = bySeries(await parsed(LOG.repeat(Math.ceil(log.length / LOG.length) + 1)));
    expect([...points.keys()].toSorted()).toEqual([...possible.keys()].toSorted());
    for (const [series, values] of points) {
      // Exactly what the recorded text tells; a kill within the last write may have kept points whose text it cut off.
      const expected = told.get(series) ?? [];
      expect(values.slice(0, expected.length), `${id} ${series}: no point missing, doubled or made up`).toEqual(expected);
      expect(possible.get(series)?.slice(0, values.length), `${id} ${series}: only what was printed`).toEqual(values);
    }
  }
}, 180_000);

function watchedPids(runFolder: string): number[] {
  return readdirSync(runFolder)
    .flatMap((name) => /^watched-(\d+)\.json$/.exec(name)?.[1] ?? [])
    .map(Number);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
