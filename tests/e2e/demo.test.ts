import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
let folder: string;
let mark: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "ava-demo-"));
  mark = randomUUID();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the demo as a shell does: a process group of its own; everything that it starts inherits the mark. */
function startDemo(args: string[]): ChildProcess {
  const folders = ["--data", path.join(folder, "data"), "--workspace", path.join(folder, "workspace")];
  return spawn("npm", ["run", "demo", "--", ...args, ...folders], {
    cwd: root,
    env: { ...process.env, DEMO_TEST_MARK: mark },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

/** Command lines of all running processes that carry the mark. */
function running(): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const isOurs = readFileSync(`/proc/${pid}/environ`, "latin1").includes(`DEMO_TEST_MARK=${mark}`);
      return isOurs ? [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")] : [];
    } catch {
      // Not a process, or it ended while we looked.
      return [];
    }
  });
}

it("trains once on a port that is free, shows what the platform recorded, and leaves nothing behind", { timeout: 300_000 }, async () => {
  const squatter = createServer().listen(5660, "127.0.0.1");
  // Where another program has the port already, the demo takes the next one.
  await Promise.race([once(squatter, "listening"), once(squatter, "error")]).catch(() => {});
  const demo = startDemo(["--once"]);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(demo.stdout as NodeJS.ReadableStream),
    text(demo.stderr as NodeJS.ReadableStream),
    once(demo, "exit"),
  ]);
  squatter.close();

  expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 });
  const [, port, link] = /^Portal: http:\/\/127\.0\.0\.1:(\d+)(\/instances\/digits-[\d-]+)$/m.exec(stdout) ?? [];
  expect(Number(port)).toBeGreaterThan(5660);
  expect(stdout.split(String(link))).toHaveLength(3);
  expect(Number(/^Validation accuracy: ([\d.]+) %$/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(90);
  const [, recorded, logged] = /^Points recorded: +(\d+) of (\d+)$/m.exec(stdout) ?? [];
  expect(Number(recorded)).toBeGreaterThan(1000);
  expect(recorded).toBe(logged);
  expect(running()).toEqual([]);
});

it.each([
  ["Ctrl-C", "SIGINT", (demo: ChildProcess) => -(demo.pid as number)],
  ["a signal to npm alone", "SIGTERM", (demo: ChildProcess) => demo.pid as number],
])("stops everything on %s while it trains", { timeout: 120_000 }, async (_what, signal, target) => {
  const demo = startDemo([]);
  const errors = text(demo.stderr as NodeJS.ReadableStream);
  let output = "";
  demo.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const endedEarly = once(demo, "close").then(() => Promise.reject(new Error(`The demo ended early: ${output}`)));
  await Promise.race([vi.waitFor(() => expect(output).toContain("Portal: "), 60_000), endedEarly]);
  expect(running().join("\n")).toContain("ava-platform.js");
  endedEarly.catch(() => {});
  process.kill(target(demo), signal);
  await once(demo, "close");
  expect(running()).toEqual([]);
  expect(await errors).not.toContain("failed");
});
