import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type KodoEmulator, startEmulator } from "./emulator.js";
import { signatureOf } from "./signatures.js";

const ACCOUNT = { accessKey: "ak", secretKey: "sk" };
const KEY = "a/b c";
const BASE = `/buckets/train/objects/${Buffer.from(KEY).toString("base64")}/uploads`;
const MIB = 1024 * 1024;

let folder: string;
let emulator: KodoEmulator;
let nowMs: number;

const start = async () => {
  emulator = await startEmulator({
    data: folder,
    ...ACCOUNT,
    buckets: ["train", { name: "other", domains: ["other.example.com"] }],
    now: () => nowMs,
  });
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ava-kodo-emulator-"));
  nowMs = 1_700_000_000_000;
  await start();
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

function token(policy: Record<string, unknown> = {}): string {
  const json = JSON.stringify({ scope: "train", deadline: nowMs / 1000 + 60, ...policy });
  const encoded = Buffer.from(json).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
  return `${signatureOf(ACCOUNT, encoded)}:${encoded}`;
}

async function ask(method: string, path: string, body?: Uint8Array | string, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://${emulator.host}${path}`, {
    method,
    headers: { authorization: `UpToken ${token()}`, ...headers },
    ...(body === undefined ? {} : { body: body as BodyInit }),
  });
  expect(answer.headers.get("x-reqid")).toBeTruthy();
  const text = await answer.text();
  return { status: answer.status, json: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> };
}

async function form(fields: Record<string, string>, content = "content"): Promise<{ status: number; json: Record<string, unknown> }> {
  const data = new FormData();
  data.append("file", new Blob([content]), "name.txt");
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  const answer = await fetch(`http://${emulator.host}/`, { method: "POST", body: data });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

function signedUrl(target: string, deadline = nowMs / 1000 + 60, host = emulator.host): string {
  const url = `http://${host}${target}?e=${deadline}`;
  return `${url}&token=${signatureOf(ACCOUNT, url)}`;
}

async function begin(): Promise<string> {
  return (await ask("POST", BASE)).json["uploadId"] as string;
}

describe("tokens", () => {
  test.each<[string, () => string, number]>([
    ["of another secret", () => token().replace(/:[^:]+:/, ":wrong:"), 401],
    ["out of date", () => token({ deadline: nowMs / 1000 }), 401],
    ["for another bucket that isn't there", () => token({ scope: "none" }), 631],
    ["for another key", () => token({ scope: "train:other" }), 403],
    ["for larger files", () => token({ fsizeMin: 100 }), 403],
    ["for smaller files", () => token({ fsizeLimit: 3 }), 413],
    ["with a callback, which is not emulated", () => token({ callbackUrl: "http://x" }), 400],
  ])("%s are refused", async (_name, make, status) => {
    expect((await form({ token: make(), key: KEY })).status).toBe(status);
  });

  test("of a bucket only add; of a key replace", async () => {
    expect((await form({ token: token(), key: KEY }, "one")).status).toBe(200);
    expect((await form({ token: token(), key: KEY }, "one")).status).toBe(200);
    expect((await form({ token: token(), key: KEY }, "two")).status).toBe(614);
    expect((await form({ token: token({ scope: `train:${KEY}` }), key: KEY }, "two")).status).toBe(200);
    expect((await form({ token: token({ scope: `train:${KEY}`, insertOnly: 1 }), key: KEY }, "three")).status).toBe(614);
  });

  test("with a returnBody are answered in its words", async () => {
    const returnBody = '{"k":"$(key)","n":$(fsize),"v":$(x:v),"f":"$(fname)"}';
    const answer = await form({ token: token({ returnBody }), key: 'q"', "x:v": "1" }, "four");
    expect(answer.json).toEqual({ k: 'q"', n: 4, v: "1", f: "name.txt" });
  });
});

test("a form with a wrong crc32 is refused", async () => {
  expect((await form({ token: token(), key: KEY, crc32: "1" })).status).toBe(406);
});

describe("parts", () => {
  test("are refused with another MD5, in falling order, with another etag, or too small", async () => {
    const id = await begin();
    const content = new Uint8Array(MIB);
    const md5 = createHash("md5").update(content).digest("hex");
    expect((await ask("PUT", `${BASE}/${id}/1`, content, { "content-md5": "0".repeat(32) })).status).toBe(406);
    const first = (await ask("PUT", `${BASE}/${id}/1`, content, { "content-md5": md5 })).json;
    const second = (await ask("PUT", `${BASE}/${id}/2`, "small")).json;
    const third = (await ask("PUT", `${BASE}/${id}/3`, "last")).json;
    expect(first["md5"]).toBe(md5);
    const complete = (...parts: [number, unknown][]) =>
      ask("POST", `${BASE}/${id}`, JSON.stringify({ parts: parts.map(([partNumber, etag]) => ({ partNumber, etag })) }));
    expect((await complete([2, second["etag"]], [1, first["etag"]])).status).toBe(400);
    expect((await complete([1, second["etag"]])).status).toBe(400);
    expect((await complete([1, first["etag"]], [4, first["etag"]])).status).toBe(400);
    expect((await complete([1, first["etag"]], [2, second["etag"]], [3, third["etag"]])).status).toBe(400);
    expect((await complete()).status).toBe(400);
    expect(await complete([1, first["etag"]], [3, third["etag"]])).toMatchObject({ status: 200, json: { key: KEY } });
    expect((await complete([1, first["etag"]], [3, third["etag"]])).status).toBe(612);
  });

  test("and objects outlive a restart; an upload id ends after 7 days", async () => {
    const id = await begin();
    const { etag } = (await ask("PUT", `${BASE}/${id}/1`, "content")).json;
    await form({ token: token(), key: "form" });
    await emulator.close();
    await start();
    expect((await ask("GET", `${BASE}/${id}`)).json["parts"]).toMatchObject([{ partNumber: 1, etag, size: 7 }]);
    expect((await ask("POST", `${BASE}/${id}`, JSON.stringify({ parts: [{ partNumber: 1, etag }] }))).status).toBe(200);
    const answers = await Promise.all(["/a/b%20c", "/form"].map(async (path) => (await fetch(signedUrl(path))).text()));
    expect(answers).toEqual(["content", "content"]);
    const late = await begin();
    nowMs += 7 * 24 * 3600 * 1000;
    expect((await ask("PUT", `${BASE}/${late}/1`, "x")).status).toBe(612);
  });
});

test("a block takes its chunks in order, and a ctx once", async () => {
  const first = (await ask("POST", "/mkblk/8", "1234")).json;
  const second = (await ask("POST", `/bput/${String(first["ctx"])}/4`, "5678")).json;
  expect((await ask("POST", `/bput/${String(first["ctx"])}/4`, "5678")).status).toBe(701);
  expect((await ask("POST", "/mkfile/8", String(first["ctx"]))).status).toBe(701);
  expect((await ask("POST", "/mkfile/9", String(second["ctx"]))).status).toBe(400);
  expect((await ask("POST", "/mkfile/8/key/YQ==", String(second["ctx"]))).json["key"]).toBe("a");
});

describe("downloads", () => {
  beforeEach(async () => {
    await form({ token: token(), key: KEY }, "0123456789");
  });

  test.each<[string, number, string]>([
    ["bytes=2-4", 206, "234"],
    ["bytes=7-", 206, "789"],
    ["bytes=-2", 206, "89"],
    ["bytes=5-100", 206, "56789"],
    ["bytes=10-", 416, '{"error":"the range is past the end"}'],
  ])("of %s are answered with %i", async (range, status, text) => {
    const answer = await fetch(signedUrl("/a/b%20c"), { headers: { range } });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(text);
  });

  test("need a signature that is right and in time, for the very URL", async () => {
    const url = signedUrl("/a/b%20c");
    const status = async (target: string) => (await fetch(target)).status;
    expect(await status(url)).toBe(200);
    expect(await status(`${url}&ignored=1`)).toBe(200);
    expect(await status(url.replace("b%20c", "c"))).toBe(401);
    expect(await status(url.replace(/&token.*/, ""))).toBe(401);
    expect(await status(signedUrl("/a/b%20c", nowMs / 1000))).toBe(401);
    expect(await status(signedUrl("/none"))).toBe(404);
  });

  test("of each bucket have a domain of their own", async () => {
    expect((await fetch(signedUrl("/a/b%20c", undefined, emulator.domainOf("other")))).status).toBe(404);
  });
});

test("a clock that is 16 minutes off is refused by the management calls", async () => {
  const sign = (dateMs: number) => {
    const date = new Date(dateMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const text = `GET /list?bucket=train\nHost: ${emulator.host}\nX-Qiniu-Date: ${date}\n\n`;
    return { authorization: `Qiniu ${signatureOf(ACCOUNT, text)}`, "x-qiniu-date": date };
  };
  expect((await ask("GET", "/list?bucket=train", undefined, sign(nowMs))).status).toBe(200);
  expect((await ask("GET", "/list?bucket=train", undefined, sign(nowMs - 16 * 60_000))).status).toBe(403);
});
