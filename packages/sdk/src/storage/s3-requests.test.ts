import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as s3 from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openStorage } from "./open-storage.js";
import { md5 } from "./s3-etag.js";
import { s3Requests } from "./s3-requests.js";
import { S3Storage } from "./s3-storage.js";
import type { Storage } from "./storage.js";

const LIMITS = { connectMs: 20_000, idleMs: 100, totalMs: 20_000 };
const ACCOUNT = { accessKey: "key", secretKey: "secret" };
const closing: (() => void)[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ava-s3-requests-"));
  vi.stubEnv("AWS_SESSION_TOKEN", "");
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Whether a fault took the request; what it does not take is answered as S3 does. */
type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A store of one bucket in memory, asked by path. */
async function serveS3(fault: Fault = () => false): Promise<{ url: string; seen: IncomingMessage[] }> {
  const objects = new Map<string, Buffer>();
  const seen: IncomingMessage[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    seen.push(request);
    if (fault(request, response)) return;
    const [path = ""] = (request.url ?? "").replace(/^http:\/\/[^/]+/, "").split("?");
    if (request.method === "PUT") objects.set(path, Buffer.concat(await request.toArray()));
    const bytes = objects.get(path);
    if (!bytes) return void response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    response.setHeader("etag", `"${md5(bytes).toString("hex")}"`);
    if (request.method !== "PUT") response.setHeader("content-length", bytes.length);
    response.end(request.method === "GET" ? bytes : undefined);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function open(endpoint: string, maxAttempts = 2, sessionToken?: string): Storage {
  const credentials = { accessKeyId: "key", secretAccessKey: "secret", ...(sessionToken === undefined ? {} : { sessionToken }) };
  const config = { endpoint, credentials, region: "us-east-1", forcePathStyle: true, requestHandler: s3Requests(LIMITS), maxAttempts };
  const storage = new S3Storage({ s3, client: new s3.S3Client(config), bucket: "train", prefix: "", spec: "s3:train" });
  closing.push(() => storage.close());
  return storage;
}

function fileOf(bytes: number): string {
  const file = join(folder, "source");
  writeFileSync(file, Buffer.alloc(bytes, "content "));
  return file;
}

describe("a store that stalls", () => {
  test("before its answer is given up, and tells how long it was silent", async () => {
    const { url, seen } = await serveS3(() => true);
    await expect(open(url).stat("key")).rejects.toMatchObject({
      code: "IDLE_TIMEOUT",
      message: expect.stringMatching(/no byte for 100 ms/),
    });
    expect(seen).toHaveLength(2);
  });

  test("while it takes a long body is given up", async () => {
    const { url, seen } = await serveS3(({ method }) => method === "PUT");
    await expect(open(url, 1).put(fileOf(8_000_000), "key")).rejects.toMatchObject({ code: "IDLE_TIMEOUT" });
    expect(seen).toHaveLength(1);
  });

  test("within an object leaves no file behind", async () => {
    const { url } = await serveS3(({ method }, response) => {
      if (method === "GET") response.writeHead(200, { "content-length": 10 }).write("half");
      return method === "GET";
    });
    const file = join(folder, "back/file");
    await expect(open(url).get("key", file)).rejects.toMatchObject({ code: "IDLE_TIMEOUT" });
    expect(() => readFileSync(file)).toThrow("ENOENT");
  });

  test.each(["PUT", "HEAD", "GET"])("once at a %s is asked again", async (method) => {
    let stalls = 1;
    const { url } = await serveS3((request) => request.method === method && stalls-- > 0);
    const storage = open(url);
    const { bytes } = await storage.put(fileOf(3_000_000), "a b/ü+'(1)*.bin");
    const back = join(folder, "back");
    expect(await storage.get("a b/ü+'(1)*.bin", back)).toMatchObject({ bytes });
    expect(readFileSync(back).equals(readFileSync(join(folder, "source")))).toBe(true);
  });

  test("is left when the caller stops", async () => {
    const stop = new AbortController();
    const { url } = await serveS3(() => {
      stop.abort();
      return true;
    });
    await expect(open(url, 8).put(fileOf(10), "key", { signal: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
  });
});

test("a store that is not there, and one that breaks connections, are named by why they cannot be reached", async () => {
  await expect(open("http://127.0.0.1:9", 1).stat("key")).rejects.toMatchObject({ code: "CONNECT_FAILED" });
  const { url } = await serveS3((request) => Boolean(request.socket.destroy()));
  await expect(open(url, 1).stat("key")).rejects.toMatchObject({ code: "CONNECTION_LOST" });
});

test("a storage goes through the proxy that the environment names, with the store's own signature", async () => {
  const { url, seen } = await serveS3();
  vi.stubEnv("http_proxy", url.replace("://", "://user:proxy-secret@"));
  vi.stubEnv("no_proxy", "");
  const storage = await openStorage({ spec: "s3:train/runs?endpoint=http://s3.test:81", ...ACCOUNT });
  closing.push(() => storage.close());
  await storage.put(fileOf(100_000), "key 1");
  await storage.get("key 1", join(folder, "back"));
  expect(readFileSync(join(folder, "back"))).toHaveLength(100_000);
  expect(seen.map((request) => `${request.method} ${request.url?.replace(/\?.*/, "")}`)).toEqual([
    "PUT http://s3.test:81/train/runs/key%201",
    "HEAD http://s3.test:81/train/runs/key%201",
    "GET http://s3.test:81/train/runs/key%201",
  ]);
  for (const { headers } of seen) {
    expect(headers).toMatchObject({ host: "s3.test:81", "proxy-authorization": `Basic ${btoa("user:proxy-secret")}` });
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=key\//);
  }
});

test("a redirect to another host takes neither signature nor session token there", async () => {
  const other = await serveS3();
  const { url } = await serveS3((request, response) => {
    response.writeHead(307, { location: other.url + request.url }).end();
    return true;
  });
  expect(await open(url, 1, "session-secret").stat("key")).toBeUndefined();
  expect(other.seen).toHaveLength(1);
  expect(other.seen[0]?.headers).toMatchObject({ "x-amz-date": expect.any(String) as string });
  expect(JSON.stringify(other.seen[0]?.headers)).not.toMatch(/session-secret|Signature/);
});
