import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { escapeKey, privateUrl, qetag } from "ava-kodo";
import { type Fault, type KodoEmulator, type Operation, startEmulator } from "ava-kodo-emulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RETRY_POLICY } from "../retry/policy.js";
import type { TransferProgress } from "../stored-object.js";
import { KodoClient } from "./kodo-client.js";
import { type UploadOptions, uploadFile } from "./upload-file.js";

const ACCOUNT = { accessKey: "test-access-key", secretKey: "test-secret-key" };
const MIB = 1024 * 1024;
const PERIOD = Buffer.from(Array.from({ length: 251 }, (_, index) => (index * 31 + 7) % 251));
/** Three parts, the last of them short. */
const LARGE = Buffer.alloc(9 * MIB + 11, PERIOD);
const SMALL = Buffer.alloc(100_000, PERIOD);
const QUICK = { policy: { ...RETRY_POLICY, firstDelayMs: 1, longestDelayMs: 5 } };

let folder: string;
let emulator: KodoEmulator;
let kodo: KodoClient;

async function start(upHosts: string[] = []): Promise<void> {
  emulator = await startEmulator({ data: join(folder, "data"), ...ACCOUNT, buckets: ["train"], upHosts });
  kodo = new KodoClient(ACCOUNT, { endpoint: `http://${emulator.host}`, ...QUICK });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ava-upload-"));
  await start();
});
afterEach(async () => {
  kodo.close();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

function fileOf(content: Uint8Array): string {
  const file = join(folder, "source");
  writeFileSync(file, content);
  return file;
}

function upload(file: string, key: string, options: UploadOptions = {}) {
  return uploadFile(kodo, file, "train", key, { recordFolder: join(folder, "records"), ...options });
}

async function expectStored(key: string, content: Buffer): Promise<void> {
  const url = privateUrl(`http://${emulator.domainOf("train")}/${escapeKey(key)}`, 4_000_000_000, ACCOUNT.accessKey, ACCOUNT.secretKey);
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  // Comparing bytes by toEqual takes minutes.
  expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
}

const seen = (operation: Operation) => emulator.seen.filter((request) => request.operation === operation);
const records = () => readdirSync(join(folder, "records"));

describe("an upload without faults", () => {
  test.each([0, 1, 4 * MIB])("of %i bytes goes by form", async (bytes) => {
    const content = Buffer.alloc(bytes, PERIOD);
    const result = await upload(fileOf(content), 'a "b"/ü 1.bin');
    expect(result).toEqual({ key: 'a "b"/ü 1.bin', bytes, hash: await qetag(content), url: 'qiniu://z0/train/a "b"/ü 1.bin' });
    await expectStored('a "b"/ü 1.bin', content);
    expect(seen("up.form")).toHaveLength(1);
  });

  test("of more than 4 MiB goes in parts, and leaves no record", async () => {
    const { hash } = await upload(fileOf(LARGE), "large");
    expect(hash).toBe(await qetag(LARGE));
    await expectStored("large", LARGE);
    expect(seen("up.part")).toHaveLength(3);
    expect(records()).toEqual([]);
  });

  test("in larger parts is compared with the hash that such parts have", async () => {
    const { hash } = await upload(fileOf(LARGE), "large", { partBytes: 8 * MIB });
    expect(Buffer.from(hash, "base64url")[0]).toBe(0x9e);
    await expectStored("large", LARGE);
    expect(seen("up.part")).toHaveLength(2);
  });

  test("replaces the object that was there", async () => {
    await upload(fileOf(LARGE), "same");
    await upload(fileOf(SMALL), "same");
    await expectStored("same", SMALL);
  });

  test("tells progress that never falls and ends at the whole file", async () => {
    const events: TransferProgress[] = [];
    await upload(fileOf(LARGE), "large", { onProgress: (event) => events.push(event) });
    expect(events.map(({ bytes }) => bytes)).toEqual(events.map(({ bytes }) => bytes).sort((a, b) => a - b));
    expect(events.at(-1)).toMatchObject({ bytes: LARGE.length, totalBytes: LARGE.length });
    expect(events.at(-1)?.bytesPerSecond).toBeGreaterThan(0);
  });

  test("counts a part that is sent again once", async () => {
    const events: TransferProgress[] = [];
    emulator.inject({ on: "up.part", times: 3, status: 503 });
    await upload(fileOf(LARGE), "large", { onProgress: (event) => events.push(event) });
    expect(Math.max(...events.map(({ bytes }) => bytes))).toBe(LARGE.length);
  });
});

const quarters = [0, 1, 2, 3, 4];
const PART = 4 * MIB;

const overcome: [name: string, faults: Fault[]][] = [
  ...quarters.map((quarter): [string, Fault[]] => [
    `a part's connection that breaks after ${quarter} quarters`,
    [{ on: "up.part", cutRequestAfterBytes: Math.min((quarter * PART) / 4, PART - 1) }],
  ]),
  ["a lost answer to the beginning", [{ on: "up.init", cutAnswerAfterBytes: 0 }]],
  ["a lost answer to a part", [{ on: "up.part", cutAnswerAfterBytes: 0 }]],
  ["half an answer to a part", [{ on: "up.part", cutAnswerAfterBytes: 20 }]],
  ["a lost answer to the end", [{ on: "up.complete", cutAnswerAfterBytes: 0 }]],
  ["a storm of 503", [{ on: (target) => target.operation.startsWith("up."), times: 6, status: 503 }]],
  ["a storm of 599", [{ on: "up.part", times: 6, status: 599 }]],
  ["a storm of 429", [{ on: "up.part", times: 6, status: 429, headers: { "retry-after": 0 } }]],
  ["a storm of 573", [{ on: "up.complete", times: 6, status: 573 }]],
  ["a part that arrived wrong", [{ on: "up.part", isEtagWrong: true }]],
  ["a wrong hash in the last answer", [{ on: "up.complete", isEtagWrong: true }]],
  [
    "a token that is out of date in the middle",
    [{ on: ({ operation, index }) => operation === "up.part" && index === 1, expiresToken: true }],
  ],
  ["a token that is out of date at the end", [{ on: "up.complete", expiresToken: true }]],
  ["a forgotten upload id", [{ on: ({ operation, index }) => operation === "up.part" && index === 2, forgetsUpload: true }]],
  ["an upload id that is forgotten at the end", [{ on: "up.complete", forgetsUpload: true }]],
  ["701 in the middle", [{ on: ({ operation, index }) => operation === "up.part" && index === 1, status: 701 }]],
  ["a region query that fails", [{ on: "uc.query", times: 3, status: 502 }]],
];

test.each(overcome)("an upload in parts overcomes %s", async (_name, faults) => {
  for (const fault of faults) emulator.inject(fault);
  const { hash } = await upload(fileOf(LARGE), "large");
  expect(hash).toBe(await qetag(LARGE));
  await expectStored("large", LARGE);
  expect(records()).toEqual([]);
});

test.each<[string, Fault]>([
  ["a connection that breaks half-way", { on: "up.form", cutRequestAfterBytes: SMALL.length / 2 }],
  ["a lost answer", { on: "up.form", cutAnswerAfterBytes: 0 }],
  ["a storm of 503", { on: "up.form", status: 503, times: 5 }],
  ["a wrong hash", { on: "up.form", isEtagWrong: true }],
  ["a token that is out of date", { on: "up.form", expiresToken: true }],
])("an upload by form overcomes %s", async (_name, fault) => {
  emulator.inject(fault);
  await upload(fileOf(SMALL), "small");
  await expectStored("small", SMALL);
});

test("a stalled socket is given up, and the part sent again", async () => {
  kodo = new KodoClient(ACCOUNT, {
    endpoint: `http://${emulator.host}`,
    ...QUICK,
    limits: { connectMs: 5000, idleMs: 300, totalMs: 20_000 },
  });
  emulator.inject({ on: "up.part", stallRequestAfterBytes: 1000 });
  emulator.inject({ on: "up.complete", stallAnswerAfterBytes: 5 });
  await upload(fileOf(LARGE), "large");
  await expectStored("large", LARGE);
});

test("a host that is down is passed over for the next one", async () => {
  await emulator.close();
  const dead = await closedPort();
  await start([dead]);
  await upload(fileOf(LARGE), "large");
  await expectStored("large", LARGE);
});

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => void server.close(resolve));
  return `127.0.0.1:${port}`;
}

describe("an upload that was stopped", () => {
  test("goes on with the parts that are missing, also after a restart of the server", async () => {
    const file = fileOf(LARGE);
    const stop = new AbortController();
    emulator.inject({
      on: ({ operation, index }) => operation === "up.part" && index === 2 && (stop.abort(), true),
      cutRequestAfterBytes: 0,
    });
    await expect(upload(file, "large", { workers: 1, signal: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
    expect(records()).toHaveLength(1);
    kodo.close();
    await emulator.close();
    await start();
    await upload(file, "large");
    expect(seen("up.part")).toHaveLength(1);
    await expectStored("large", LARGE);
    expect(records()).toEqual([]);
  });

  test("starts anew when the file is another one meanwhile", async () => {
    emulator.inject({ on: "up.complete", status: 400 });
    await expect(upload(fileOf(LARGE), "large")).rejects.toMatchObject({ code: "HTTP_STATUS", status: 400 });
    const other = Buffer.from(LARGE).fill(1, 0, 10);
    await upload(fileOf(other), "large");
    await expectStored("large", other);
  });

  test("starts anew when the server has forgotten the id of the record", async () => {
    emulator.inject({ on: "up.complete", status: 400 });
    const file = fileOf(LARGE);
    await expect(upload(file, "large")).rejects.toMatchObject({ status: 400 });
    rmSync(join(folder, "data", "uploads"), { recursive: true });
    kodo.close();
    await emulator.close();
    await start();
    await upload(file, "large");
    await expectStored("large", LARGE);
  });

  test("leaves a damaged record aside", async () => {
    emulator.inject({ on: "up.complete", status: 400 });
    const file = fileOf(LARGE);
    await expect(upload(file, "large")).rejects.toMatchObject({ status: 400 });
    truncateSync(join(folder, "records", records()[0] ?? ""), 30);
    await upload(file, "large");
    await expectStored("large", LARGE);
  });
});

describe("a file that changes while it is uploaded", () => {
  const changes: [string, (file: string) => void][] = [
    ["is truncated", (file) => truncateSync(file, 5 * MIB)],
    ["grows", (file) => appendFileSync(file, "more")],
    ["is replaced", (file) => (rmSync(file), writeFileSync(file, LARGE))],
    ["is removed", (file) => rmSync(file)],
  ];
  test.each(changes)("%s: the upload fails, and nothing is stored", async (_name, change) => {
    const file = fileOf(LARGE);
    emulator.inject({ on: (target) => target.operation === "up.part" && (change(file), true), status: 503 });
    await expect(upload(file, "large", { workers: 1 })).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    expect(seen("up.complete")).toEqual([]);
    expect(seen("up.abort")).toHaveLength(1);
    expect(records()).toEqual([]);
  });
});

describe("an upload that cannot be", () => {
  test("is tried no further when the server refuses it, and says what the server said", async () => {
    emulator.inject({ on: "up.form", status: 403, error: "key doesn't match scope" });
    const refused = upload(fileOf(SMALL), "small");
    await expect(refused).rejects.toMatchObject({
      code: "HTTP_STATUS",
      status: 403,
      message: expect.stringContaining("key doesn't match scope"),
    });
    expect(seen("up.form")).toHaveLength(1);
  });

  test("fails with the code of the network when no host answers", async () => {
    await emulator.close();
    kodo = new KodoClient(ACCOUNT, { endpoint: `http://${await closedPort()}`, ...QUICK });
    await expect(upload(fileOf(SMALL), "small")).rejects.toMatchObject({ code: "CONNECT_FAILED" });
  });

  test("does not spin when every part arrives wrong", async () => {
    emulator.inject({ on: "up.part", isEtagWrong: true, times: 1_000_000 });
    await expect(upload(fileOf(LARGE), "large")).rejects.toMatchObject({ code: "HASH_MISMATCH" });
    expect(seen("up.complete")).toEqual([]);
  });

  test("shows no keys and no token in its error", async () => {
    const wrong = new KodoClient(
      { accessKey: ACCOUNT.accessKey, secretKey: "wrong-secret-key" },
      { endpoint: `http://${emulator.host}`, ...QUICK },
    );
    const error: Error = await uploadFile(wrong, fileOf(SMALL), "train", "small").then(
      () => new Error("it was taken"),
      (failure: Error) => failure,
    );
    wrong.close();
    expect(error).toMatchObject({ code: "HTTP_STATUS", status: 401 });
    const text = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error.cause);
    expect(text).not.toMatch(/wrong-secret-key|test-access-key|UpToken/);
  });

  test.each([
    ["no file", "missing", "FILE_UNREADABLE"],
    ["a folder", ".", "FILE_UNREADABLE"],
  ])("says so for %s", async (_name, path, code) => {
    await expect(upload(join(folder, path), "key")).rejects.toMatchObject({ code });
  });

  test("says so for a key that is too long", async () => {
    await expect(upload(fileOf(SMALL), "k".repeat(751))).rejects.toMatchObject({ code: "KEY_INVALID" });
  });
});
