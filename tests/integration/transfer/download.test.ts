import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Fetcher, type FetcherOptions, RETRY_POLICY } from "ava-sdk/transfer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ContentServer, patternOf } from "../../processes/content-server.js";

const MIB = 1024 * 1024;
const SIZE = 37 * MIB + 12_345;
const content = patternOf(SIZE);
const fastPolicy = { ...RETRY_POLICY, firstDelayMs: 1, longestDelayMs: 5 };

let folder: string;
let file: string;
let server: ContentServer;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "ava-download-test-"));
  file = path.join(folder, "file.bin");
  server = await ContentServer.start(content);
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function download(options: FetcherOptions<false> = {}, url = server.url) {
  using fetcher = new Fetcher({ retryPolicy: fastPolicy, ...options });
  return fetcher.fetchHugeFile(url, file);
}

function expectWhole(expected: Buffer = content): void {
  expect(readFileSync(file).equals(expected)).toBe(true);
  expect(readdirSync(folder)).toEqual(["file.bin"]);
}

describe("sizes", () => {
  test.each([0, 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 16 * MIB, 16 * MIB + 1, 33 * MIB])("%d bytes come whole", async (bytes) => {
    await server.serve(content.subarray(0, bytes));
    const [res, err] = await download();
    expect(err).toBeUndefined();
    expect(res).toMatchObject({ bytes, resumedBytes: 0, etag: server.etag.replaceAll('"', "") });
    expectWhole(content.subarray(0, bytes));
  });

  test("progress grows to the whole length, told once a chunk", async () => {
    using fetcher = new Fetcher();
    const told: [number, number | undefined][] = [];
    const [, err] = await fetcher.fetchHugeFile(server.url, file, {}, MIB, (...progress) => void told.push(progress));
    expect(err).toBeUndefined();
    expect(told.at(-1)).toEqual([SIZE, SIZE]);
    expect(told.length).toBeGreaterThan(20);
    expect(told.length).toBeLessThan(45);
    expect(told.every(([bytes], index) => index === 0 || bytes >= (told[index - 1]?.[0] ?? 0))).toBe(true);
  });

  test("headers are sent with every range", async () => {
    using fetcher = new Fetcher();
    await fetcher.fetchHugeFile(server.url, file, { "X-Mine": "1" });
    expect(server.seen.length).toBeGreaterThan(1);
    expect(server.seen.every(({ headers }) => headers["x-mine"] === "1")).toBe(true);
  });
});

describe("faults", () => {
  test("a connection cut at every quarter of every range loses nothing", async () => {
    server.faults = { cutAfter: (start, end) => (end - start > 64 * 1024 ? Math.ceil((end - start) / 4) : undefined) };
    const [, err] = await download();
    expect(err).toBeUndefined();
    expectWhole();
  });

  test("a connection cut before the first byte of every second answer is tried again", async () => {
    server.faults = { cutAfter: (_start, _end, index) => (index % 2 === 0 ? 0 : undefined) };
    expect((await download())[1]).toBeUndefined();
    expectWhole();
  });

  test.each([500, 502, 503, 504, 599, 429])("a storm of %d is waited out", async (status) => {
    server.faults = { statuses: Array.from({ length: 4 }, () => ({ status })) };
    expect((await download())[1]).toBeUndefined();
    expectWhole();
  });

  test("Retry-After is honoured", async () => {
    server.faults = { statuses: [{ status: 429, headers: { "retry-after": "1" } }] };
    expect((await download())[1]).toBeUndefined();
    expect((server.seen[1]?.atMs ?? 0) - (server.seen[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(1000);
    expectWhole();
  });

  test("a storm that does not end is an error with its status, after five retries", async () => {
    server.faults = { statuses: Array.from({ length: 40 }, () => ({ status: 503 })) };
    const [res, err] = await download();
    expect(res).toBeUndefined();
    expect(err).toMatchObject({ code: "HTTP_STATUS", status: 503, attempts: 6 });
    expect(server.seen).toHaveLength(6);
    expect(existsSync(file)).toBe(false);
  });

  test("a refusal is an error at once", async () => {
    server.faults = { statuses: [{ status: 404 }] };
    const [, err] = await download();
    expect(err).toMatchObject({ code: "HTTP_STATUS", status: 404 });
    expect(server.seen).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a stalled socket is given up and the rest comes by another one", async () => {
    server.faults = { stallAfter: (start, end, index) => (index < 3 ? Math.ceil((end - start) / 3) : undefined) };
    expect((await download({ idleTimeout: 0.3 }))[1]).toBeUndefined();
    expectWhole();
  });

  test("a wrong etag is an error and nothing stays", async () => {
    server.etag = '"lgncbbZdKxcTzCACSLIvsek6wGWP"';
    const [, err] = await download();
    expect(err).toMatchObject({ code: "HASH_MISMATCH" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a byte damaged on the way is found by the hash, and the download repeated", async () => {
    const damaged = Buffer.from(content);
    damaged[20 * MIB] = (damaged[20 * MIB] ?? 0) ^ 1;
    server.faults = {
      before: (index) => {
        server.content = index < 3 ? damaged : content;
      },
    };
    expect((await download())[1]).toBeUndefined();
    expectWhole();
  });

  test("a server that ignores ranges is read in one go", async () => {
    server.faults = { isRangeIgnored: true };
    expect((await download())[1]).toBeUndefined();
    expect(server.seen).toHaveLength(1);
    expectWhole();
  });

  test("a server that ignores ranges and cuts: what is there is skipped", async () => {
    server.faults = {
      isRangeIgnored: true,
      cutAfter: (_start, end, index) => (index < 4 ? Math.ceil(((index + 1) * end) / 5) : undefined),
    };
    expect((await download())[1]).toBeUndefined();
    expectWhole();
  });

  test("a server that tells no length is read to its end, again from the start after a cut", async () => {
    server.faults = { isRangeIgnored: true, hasNoLength: true, cutAfter: (_start, end, index) => (index < 2 ? end / 2 : undefined) };
    expect((await download())[1]).toBeUndefined();
    expectWhole();
  });

  test("without etag and date, pieces of two answers are not put together", async () => {
    server.faults = {
      headers: { etag: "" },
      cutAfter: (_start, end, index) => (index < 3 ? end / 2 : undefined),
      before: (index) => {
        server.content = index < 3 ? patternOf(SIZE, index + 5) : content;
      },
    };
    expect((await download())[1]).toBeUndefined();
    expectWhole();
  });

  test("a file that changes on the server is downloaded again from the start", async () => {
    const other = patternOf(SIZE + 5 * MIB, 7);
    server.faults = { before: async (index) => (index === 2 ? server.serve(other) : undefined) };
    expect((await download())[1]).toBeUndefined();
    expectWhole(other);
  });

  test("a file that changes on the server between two downloads is downloaded again from the start", async () => {
    server.faults = { goneFrom: 3, cutAfter: () => 5 * MIB };
    expect((await download())[1]).toMatchObject({ status: 404 });
    expect(existsSync(`${file}.part`)).toBe(true);
    server.faults = {};
    const other = patternOf(20 * MIB, 9);
    await server.serve(other);
    const [res, err] = await download();
    expect(err).toBeUndefined();
    expect(res?.resumedBytes).toBe(0);
    expectWhole(other);
  });

  test("a server that goes away leaves the part, and the next download goes on from it", async () => {
    server.faults = { goneFrom: 3, cutAfter: () => 5 * MIB };
    expect((await download())[1]).toMatchObject({ status: 404 });
    expect(readdirSync(folder)).toEqual(["file.bin.part", "file.bin.part.resume"]);
    server.faults = {};
    const [res, err] = await download();
    expect(err).toBeUndefined();
    expect(res?.resumedBytes).toBeGreaterThanOrEqual(4 * MIB);
    expectWhole();
  });

  test("blocks of the part that were damaged on the disk are downloaded again", async () => {
    server.faults = { goneFrom: 3, cutAfter: () => 5 * MIB };
    await download();
    const part = readFileSync(`${file}.part`);
    part.fill(0, 0, 1000);
    writeFileSync(`${file}.part`, part);
    server.faults = {};
    expect((await download())[1]).toBeUndefined();
    expectWhole();
  });

  test("an abort keeps the part", async () => {
    using fetcher = new Fetcher();
    const stop = new AbortController();
    const onProgress = (bytes: number) => void (bytes > 20 * MIB && stop.abort());
    const [, err] = await fetcher.fetchHugeFile(server.url, file, {}, MIB, onProgress, { signal: stop.signal });
    expect(err).toMatchObject({ code: "ABORTED" });
    expect(statSync(`${file}.part`).size).toBeGreaterThan(4 * MIB);
    expect((await download())[0]?.resumedBytes).toBeGreaterThan(0);
    expectWhole();
  });

  test("the whole operation has a time-out", async () => {
    server.faults = { stallAfter: () => MIB };
    expect((await download({ reqTimeout: 0.5 }))[1]).toMatchObject({ code: "REQUEST_TIMEOUT" });
    expect(existsSync(file)).toBe(false);
  });

  test("a folder that isn't there is said", async () => {
    file = path.join(folder, "none", "file.bin");
    expect((await download())[1]).toMatchObject({ code: "FILE_UNWRITABLE" });
  });
});
