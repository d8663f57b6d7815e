import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type KodoEmulator, startEmulator } from "ava-kodo-emulator";
import { escapeKey, privateUrl } from "ava-sdk/kodo";
import { Fetcher, QMacAuthFetcher, RETRY_POLICY, Uploader } from "ava-sdk/transfer";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { patternOf } from "../../processes/content-server.js";

const MIB = 1024 * 1024;
const keys = { accessKey: "download-test-ak", secretKey: "download-test-sk" };
const retryPolicy = { ...RETRY_POLICY, firstDelayMs: 1, longestDelayMs: 5 };
const large = patternOf(41 * MIB + 7, 11);
const ODD_KEY = "ava/default/models/a@b-snapshot-model:epoch_3/图 片#%41&+.bin";

const folder = mkdtempSync(path.join(tmpdir(), "ava-fetch-kodo-"));
const file = path.join(folder, "out.bin");
let emulator: KodoEmulator;
let bound: KodoEmulator;
let nowMs: number | undefined;

async function put(to: KodoEmulator, key: string, content: Buffer): Promise<void> {
  const source = path.join(folder, "source");
  writeFileSync(source, content);
  const uploader = new Uploader(keys.accessKey, keys.secretKey, "train-data", { endpoint: `http://${to.host}` });
  await uploader.uploadFile(source, key);
  uploader.close();
  rmSync(source);
}

beforeAll(async () => {
  const now = () => nowMs ?? Date.now();
  emulator = await startEmulator({ data: path.join(folder, "a"), ...keys, buckets: ["train-data"], now });
  bound = await startEmulator({ data: path.join(folder, "b"), ...keys, buckets: [{ name: "train-data", domains: ["dl.example.com"] }] });
  await put(emulator, "small.txt", Buffer.from("small"));
  await put(emulator, ODD_KEY, Buffer.from("odd"));
  await put(emulator, "large.bin", large);
  await put(bound, "dir/large.bin", large);
});
afterAll(async () => {
  await emulator.close();
  await bound.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  nowMs = undefined;
  rmSync(file, { force: true });
  emulator.clearFaults();
});

const newFetcher = (to = emulator) =>
  new Fetcher({ ...keys, endpoint: `http://${to.host}`, sourceHost: `http://${to.host}`, retryPolicy, idleTimeout: 0.5 });

describe("parseQiniuUrl", () => {
  test.each(["qiniu://z0/train-data/a/b.bin", "qiniu://1380@z0/train-data/a/b.bin", "qiniu:///train-data/a/b.bin", "/train-data/a/b.bin"])(
    "%s names the object on the bucket's domain",
    async (address) => {
      using fetcher = newFetcher(bound);
      expect(await fetcher.parseQiniuUrl(address)).toBe("http://dl.example.com/a/b.bin");
    },
  );

  test("the key is taken as it stands, the query stays behind it", async () => {
    using fetcher = newFetcher(bound);
    expect(await fetcher.parseQiniuUrl("qiniu:///train-data/a%20b@c:d/../中?imageView2/1")).toBe(
      "http://dl.example.com/a%2520b%40c%3Ad/../%E4%B8%AD?imageView2/1",
    );
  });

  test.each(["qiniu://z0/train-data", "qiniu://z0/train-data/", "http://x/y/z", ""])("'%s' is refused", async (address) => {
    using fetcher = newFetcher();
    await expect(fetcher.parseQiniuUrl(address)).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  });

  test("without keys it says that it needs them", async () => {
    using fetcher = new Fetcher();
    await expect(fetcher.parseQiniuUrl("qiniu:///b/k")).rejects.toMatchObject({ code: "CREDENTIALS_MISSING" });
  });

  test("a bucket that isn't there is an error with its status", async () => {
    using fetcher = newFetcher();
    expect((await fetcher.fetch("qiniu:///no-bucket/k"))[1]).toMatchObject({ code: "HTTP_STATUS", status: 612 });
  });
});

describe("private objects", () => {
  test("a qiniu:// address is found, signed and fetched", async () => {
    using fetcher = newFetcher();
    const [res, err] = await fetcher.fetch("qiniu://z0/train-data/small.txt");
    expect(err).toBeUndefined();
    expect(res?.body.toString()).toBe("small");
  });

  test("a key with odd characters is taken as it stands, escaped and signed as escaped", async () => {
    using fetcher = newFetcher();
    expect((await fetcher.fetch(`qiniu:///train-data/${ODD_KEY}`))[0]?.body.toString()).toBe("odd");
  });

  test("a question mark in a key can be had by a signed URL", async () => {
    await put(emulator, "what?.txt", Buffer.from("what"));
    const base = `http://${emulator.domainOf("train-data")}/${escapeKey("what?.txt")}`;
    using fetcher = new Fetcher();
    const [res] = await fetcher.fetch(privateUrl(base, 4_000_000_000, keys.accessKey, keys.secretKey));
    expect(res?.body.toString()).toBe("what");
  });

  test("fromKodo connects to the source site and signs with the bound domain", async () => {
    using fetcher = newFetcher(bound);
    const [res, err] = await fetcher.fetch("qiniu:///train-data/dir/large.bin", { fromKodo: true });
    expect(err).toBeUndefined();
    expect(res?.body.equals(large)).toBe(true);
    expect(bound.seen.at(-1)).toMatchObject({ operation: "io.get", host: "dl.example.com", status: 200 });
    expect((await fetcher.fetch("http://dl.example.com/dir/large.bin", { fromKodo: true }))[0]?.body.length).toBe(large.length);
    const [huge] = await fetcher.fetchHugeFile("qiniu:///train-data/dir/large.bin", file, {}, MIB, undefined, { fromKodo: true });
    expect(huge?.bytes).toBe(large.length);
  });

  test("unsigned and without keys it is refused with advice", async () => {
    const [, err] = await new Fetcher().fetch(`http://${emulator.domainOf("train-data")}/small.txt`);
    expect(err).toMatchObject({ status: 401 });
    expect(err?.message).toContain("access key");
  });

  test("an expired URL of our own keys is signed anew", async () => {
    using fetcher = newFetcher();
    const url = privateUrl(`http://${emulator.domainOf("train-data")}/small.txt`, 1_700_000_000, keys.accessKey, keys.secretKey);
    expect((await new Fetcher().fetch(url))[1]?.status).toBe(401);
    expect((await fetcher.fetch(url))[0]?.body.toString()).toBe("small");
  });

  test("a URL that expires in mid-download is signed anew when the keys are known", async () => {
    const deadline = Math.floor(Date.now() / 1000) + 5;
    const url = privateUrl(`http://${emulator.domainOf("train-data")}/large.bin`, deadline, keys.accessKey, keys.secretKey);
    emulator.inject({ on: "io.get", times: 3, cutAnswerAfterBytes: 5 * MIB });
    const expire = (bytes: number) => {
      if (bytes > 4 * MIB) nowMs = (deadline + 60) * 1000;
    };
    expect((await new Fetcher({ retryPolicy }).fetchHugeFile(url, file, {}, 1, expire))[1]).toMatchObject({ status: 401 });
    nowMs = undefined;
    emulator.inject({ on: "io.get", times: 3, cutAnswerAfterBytes: 5 * MIB });
    using fetcher = newFetcher();
    const [res, err] = await fetcher.fetchHugeFile(url, file, {}, 1, expire);
    expect(err).toBeUndefined();
    expect(res?.resumedBytes).toBeGreaterThan(0);
    expect(readFileSync(file).equals(large)).toBe(true);
  });
});

describe("downloads from the emulator with faults", () => {
  test.each([
    ["cuts at a quarter", { cutAnswerAfterBytes: 4 * MIB, times: 6 }],
    ["cuts before the first byte", { cutAnswerAfterBytes: 0, times: 4 }],
    ["stalls", { stallAnswerAfterBytes: MIB, times: 3 }],
    ["a storm of 503", { status: 503, times: 5 }],
    ["a storm of 429", { status: 429, headers: { "retry-after": "1" }, times: 2 }],
    ["a storm of 573", { status: 573, times: 3 }],
    ["a wrong byte", { isBodyWrong: true, times: 1 }],
  ])("%s", async (_, fault) => {
    emulator.inject({ on: "io.get", ...fault });
    using fetcher = newFetcher();
    const [res, err] = await fetcher.fetchHugeFile("qiniu:///train-data/large.bin", file);
    expect(err).toBeUndefined();
    expect(res?.bytes).toBe(large.length);
    expect(readFileSync(file).equals(large)).toBe(true);
  });

  test("a wrong etag gives no file", async () => {
    emulator.inject({ on: "io.get", isEtagWrong: true, times: 1000 });
    using fetcher = newFetcher();
    expect((await fetcher.fetchHugeFile("qiniu:///train-data/large.bin", file))[1]?.code).toBe("HASH_MISMATCH");
    expect(readdirSync(folder).filter((name) => name.startsWith("out"))).toEqual([]);
  });
});

test("QMacAuthFetcher asks management services", async () => {
  using fetcher = new QMacAuthFetcher(keys.accessKey, keys.secretKey);
  const [res, err] = await fetcher.fetch(`http://${emulator.host}/v2/domains?tbl=train-data`);
  expect(err).toBeUndefined();
  expect(JSON.parse(res?.body.toString() ?? "")).toBeInstanceOf(Array);
  const wrong = new QMacAuthFetcher(keys.accessKey, "another");
  expect((await wrong.fetch(`http://${emulator.host}/v2/domains?tbl=train-data`))[1]?.status).toBe(401);
});
