// Uploads by real processes that are killed, or that meet at one key; the emulator stays.
import { type ChildProcess, spawn } from "node:child_process";
import { randomFillSync, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type KodoEmulator, startEmulator } from "ava-kodo-emulator";
import { privateUrl } from "ava-sdk/kodo";
import { afterEach, beforeEach, expect, it } from "vitest";
import { repositoryPath } from "../processes/paths.js";

const [accessKey, secretKey] = ["test-access-key", "test-secret-key"];
const PART_BYTES = 4 * 1024 * 1024;
const KILLS = 20;

let folder: string;
let emulator: KodoEmulator;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "ava-upload-killed-"));
  emulator = await startEmulator({ data: path.join(folder, "data"), accessKey, secretKey, buckets: ["train"] });
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

function randomFile(name: string, bytes: number): { file: string; content: Buffer } {
  const content = randomFillSync(Buffer.alloc(bytes));
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return { file, content };
}

function startUpload(file: string, key: string): ChildProcess {
  const args = [repositoryPath("tests/programs/upload.mjs"), `http://${emulator.host}`, "train", file, key];
  return spawn(process.execPath, args, {
    env: { ...process.env, AVA_WORKSPACE: path.join(folder, "workspace") },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

async function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal ?? code;
}

async function storedBytes(key: string): Promise<Buffer> {
  const answer = await fetch(privateUrl(`http://${emulator.domainOf("train")}/${key}`, 4_000_000_000, accessKey, secretKey));
  return Buffer.from(await answer.arrayBuffer());
}

const partsSeen = () => emulator.seen.filter(({ operation, status }) => operation === "up.part" && status === 200).length;
const records = () => readdirSync(path.join(folder, "workspace/tmp/uploads"));

it(`a file of 200 MB arrives whole although its upload is killed ${KILLS} times, and goes on each time`, async () => {
  const { file, content } = randomFile("model", 200_000_000);
  const parts = Math.ceil(content.length / PART_BYTES);
  let child: ChildProcess | undefined;
  let requestsLeft = Number.POSITIVE_INFINITY;
  emulator.inject({
    on: () => {
      requestsLeft -= 1;
      if (requestsLeft === 0) child?.kill("SIGKILL");
      return false;
    },
  });
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Query, beginning and the first four parts come before any part is done; once, some parts are for sure.
    requestsLeft = kill === 0 ? 10 : randomInt(1, 9);
    child = startUpload(file, "model");
    expect(await exitOf(child)).toBe("SIGKILL");
  }
  requestsLeft = Number.POSITIVE_INFINITY;
  const before = partsSeen();
  child = startUpload(file, "model");
  expect(await exitOf(child)).toBe(0);
  expect(partsSeen() - before).toBeLessThan(parts);
  expect((await storedBytes("model")).equals(content)).toBe(true);
  expect(records()).toEqual([]);
});

it("two processes that upload the same file under the same key both end well", async () => {
  const { file, content } = randomFile("model", 50_000_000);
  const children = [startUpload(file, "model"), startUpload(file, "model")];
  expect(await Promise.all(children.map(exitOf))).toEqual([0, 0]);
  expect((await storedBytes("model")).equals(content)).toBe(true);
});

it("of two processes that upload different files under the same key, one wins whole", async () => {
  const files = [randomFile("a", 30_000_000), randomFile("b", 40_000_000)];
  const children = files.map(({ file }) => startUpload(file, "model"));
  expect(await Promise.all(children.map(exitOf))).toEqual([0, 0]);
  const stored = await storedBytes("model");
  expect(files.filter(({ content }) => content.equals(stored))).toHaveLength(1);
});
