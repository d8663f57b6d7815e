import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startNode } from "./child.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "ava-child-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(code: string): string {
  const file = path.join(folder, "program.mjs");
  writeFileSync(file, code);
  return file;
}

function isRunning(pid: number): boolean {
  // A zombie that waits for a busy init to collect it has ended.
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, "utf8"));
}

it("stops what the program started too, also when that ignores the polite signal", async () => {
  const file = program(`
    import { spawn } from "node:child_process";
    const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf')";
    const inner = spawn(process.execPath, ["-e", deaf], { stdio: ["ignore", "pipe", "ignore"] });
    inner.stdout.once("data", () => console.log(inner.pid));
  `);
  const child = startNode(file, []);
  const inner = await new Promise<number>((resolve) => child.stdout.once("data", (chunk: Buffer) => resolve(Number(chunk))));
  expect(isRunning(inner)).toBe(true);
  await child.stop();
  await vi.waitFor(() => expect(isRunning(inner)).toBe(false), 10_000);
});

it("gives the exit code, and 128 for a signal", async () => {
  expect(await startNode(program("process.exit(3)"), []).ended).toBe(3);
  expect(await startNode(program("process.kill(process.pid, 'SIGKILL')"), []).ended).toBe(128);
});

it("hides AVA settings of the person who starts it", async () => {
  vi.stubEnv("AVA_TOKEN", "secret");
  const child = startNode(program("console.log(process.env.AVA_TOKEN, process.env.AVA_TRAINING)"), [], { AVA_TRAINING: "digits" });
  expect(await text(child.stdout)).toBe("undefined digits\n");
  vi.unstubAllEnvs();
});
