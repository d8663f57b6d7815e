import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { waitFor } from "../processes/ava.js";
import { ContentServer, patternOf } from "../processes/content-server.js";
import { repositoryPath } from "../processes/paths.js";
import { randomOf, seedOfTest } from "../random.js";

const MIB = 1024 * 1024;
const PROGRAM = repositoryPath("tests/programs/download.mjs");

interface Outcome {
  path?: string;
  resumedBytes?: number;
  code?: string;
  message?: string;
}

async function setUp(bytes: number) {
  const content = patternOf(bytes, 3);
  const server = await ContentServer.start(content);
  const folder = mkdtempSync(path.join(tmpdir(), "ava-download-crash-"));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { content, server, folder, file: path.join(folder, "file.bin") };
}

/** @returns what the program printed; `undefined` when it was killed before */
async function run(command: string, args: string[], kill?: { hasBegun: () => boolean; afterMs: number }): Promise<Outcome | undefined> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  const ended = once(child, "close");
  if (kill !== undefined) {
    await waitFor(kill.hasBegun, "the first request");
    await wait(kill.afterMs);
    child.kill("SIGKILL");
  }
  await ended;
  return out === "" ? undefined : (JSON.parse(out) as Outcome);
}

/** Whether the record of a half-done file has a line behind its head. */
function hasBlock(file: string): boolean {
  const record = `${file}.part.resume`;
  return existsSync(record) && readFileSync(record, "utf8").trim().includes("\n");
}

test("a large download that is killed at random and started again ends whole, and goes on each time from where it was", async () => {
  const random = randomOf(seedOfTest());
  const { content, server, file, folder } = await setUp(150 * MIB);
  server.faults = { pieceMs: 4 };
  let outcome: Outcome | undefined;
  let kills = 0;
  for (let round = 0; outcome === undefined; round += 1) {
    expect(round).toBeLessThan(60);
    const before = server.seen.length;
    // The last one that is killed leaves a block to go on from, however slow the machine is.
    const hasBegun = (): boolean => (round < 7 ? server.seen.length > before : hasBlock(file));
    outcome = await run(process.execPath, [PROGRAM, server.url, file], round < 8 ? { hasBegun, afterMs: random.below(500) } : undefined);
    if (outcome === undefined) kills += 1;
    expect(existsSync(file)).toBe(outcome !== undefined);
  }
  expect(kills).toBeGreaterThan(2);
  expect(outcome.resumedBytes).toBeGreaterThan(0);
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual(["file.bin"]);
});

test("a file that may not grow any more is a clear error; the part stays and the next download goes on from it", async () => {
  const { content, server, file, folder } = await setUp(40 * MIB);
  const limited = 'ulimit -f "$1"; shift; exec "$@"';
  const outcome = await run("bash", ["-c", limited, "bash", String(21 * 1024), process.execPath, PROGRAM, server.url, file]);
  expect(outcome).toMatchObject({ code: "DISK_FULL" });
  expect(outcome?.message).toContain(file);
  expect(readdirSync(folder)).toEqual(["file.bin.part", "file.bin.part.resume"]);
  const second = await run(process.execPath, [PROGRAM, server.url, file]);
  expect(second?.resumedBytes).toBeGreaterThanOrEqual(4 * MIB);
  expect(readFileSync(file).equals(content)).toBe(true);
});

test("a full disk is a clear error; with room made, the next download goes on", async ({ skip }) => {
  const { content, server, folder } = await setUp(40 * MIB);
  const disk = path.join(folder, "disk");
  mkdirSync(disk);
  skip(spawnSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]).status !== 0, "no right to mount");
  try {
    const file = path.join(disk, "file.bin");
    expect(await run(process.execPath, [PROGRAM, server.url, file])).toMatchObject({ code: "DISK_FULL" });
    expect(readdirSync(disk)).toEqual(["file.bin.part", "file.bin.part.resume"]);
    expect(spawnSync("mount", ["-o", "remount,size=64m", disk]).status).toBe(0);
    expect((await run(process.execPath, [PROGRAM, server.url, file]))?.resumedBytes).toBeGreaterThanOrEqual(4 * MIB);
    expect(readFileSync(file).equals(content)).toBe(true);
  } finally {
    spawnSync("umount", [disk]);
  }
});
