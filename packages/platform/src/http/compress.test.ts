import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { BatchWriter } from "../testing/batch-writer.js";
import { testFolder } from "../testing/folder.js";
import { type TestServer, testServer } from "../testing/test-server.js";
import { codingOf } from "./compress.js";

const TEXT = "one line of a log\n".repeat(10_000);

async function filled(): Promise<TestServer> {
  const portalDir = testFolder();
  mkdirSync(join(portalDir, "assets"));
  writeFileSync(join(portalDir, "index.html"), "<!doctype html>");
  writeFileSync(join(portalDir, "assets", "page.js"), "//\n".repeat(1000));
  const server = await testServer({ portalDir });
  const writer = new BatchWriter("writer-one").print(TEXT);
  for (let step = 0; step < 500; step++) writer.log({ loss: step }, step);
  await server.store.takeRecords("one", writer.body());
  return server;
}

test.each([
  ["/v1/instances/one/logs", "br, gzip", "br"],
  ["/v1/instances/one/logs", "gzip, deflate", "gzip"],
  ["/v1/instances/one/logs?download", "gzip, deflate, br, zstd", "br"],
  ["/v1/instances/one/logs?download", "gzip", "gzip"],
  ["/v1/instances/one/export", "gzip", "gzip"],
  ["/v1/instances/one/export?format=jsonl", "*", "br"],
  ["/openapi.json", "gzip", "gzip"],
  ["/assets/page.js", "br;q=0.5, gzip;q=0.9", "gzip"],
])("%s for %s comes as %s, and unpacked is what it is without", async (url, accepted, coding) => {
  const { app } = await filled();
  const packed = await app.inject({ url, headers: { "accept-encoding": accepted } });
  const plain = await app.inject(url);
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(packed.headers).toMatchObject({
    "content-encoding": coding,
    vary: "accept-encoding",
    "content-type": plain.headers["content-type"],
  });
  const unpacked = coding === "br" ? brotliDecompressSync(packed.rawPayload) : gunzipSync(packed.rawPayload);
  expect(unpacked.equals(plain.rawPayload)).toBe(true);
  expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length);
});

test.each([
  ["an answer below 1 kB", "/healthz", "gzip"],
  ["a client that takes nothing", "/v1/instances/one/logs", ""],
  ["a client that refuses", "/v1/instances/one/logs", "gzip;q=0, identity"],
  ["a file that is packed already", "/v1/instances/one/export?format=parquet", "gzip, br"],
])("%s: it goes as it is", async (_what, url, accepted) => {
  const { app } = await filled();
  const answer = await app.inject({ url, headers: { "accept-encoding": accepted } });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["content-encoding"]).toBeUndefined();
});

test("the head of an answer is that of the answer as it is; a strong tag of a packed file becomes weak and is known again", async () => {
  const { app } = await filled();
  const head = await app.inject({ method: "HEAD", url: "/v1/instances/one/logs", headers: { "accept-encoding": "gzip" } });
  expect(head.headers["content-encoding"]).toBeUndefined();
  const packed = await app.inject({ url: "/assets/page.js", headers: { "accept-encoding": "gzip" } });
  expect(packed.headers.etag).toMatch(/^W\//);
  const again = await app.inject({
    url: "/assets/page.js",
    headers: { "accept-encoding": "gzip", "if-none-match": String(packed.headers.etag) },
  });
  expect(again.statusCode).toBe(304);
});

test("the live stream is not packed: an event arrives at once", async () => {
  const { app, store } = await filled();
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const arrived = await new Promise<string>((resolve, reject) => {
    const asked = request({ port, host: "127.0.0.1", path: "/v1/live", headers: { "accept-encoding": "gzip, br" } }, (answer) => {
      let seen = `${answer.headers["content-encoding"]}\n`;
      answer.on("data", (chunk: Buffer) => {
        seen += chunk.toString();
        if (!seen.includes("event: change")) return;
        asked.destroy();
        resolve(seen);
      });
      void store.putFacts("one", { name: "new" });
    });
    asked.on("error", reject).end();
  });
  expect(arrived).toContain("undefined\n");
});

test.each([
  [undefined, undefined],
  ["", undefined],
  ["identity", undefined],
  ["*", "br"],
  ["*;q=0", undefined],
  ["br;q=0, *", "gzip"],
  ["GZIP", "gzip"],
  ["gzip;q=1.0, br;q=0.9", "gzip"],
  ["gzip;q=x", undefined],
])("of Accept-Encoding %s it takes %s", (accepted, coding) => {
  expect(codingOf(accepted)).toBe(coding);
});

test("a chart that is asked for again comes as it is now, whatever was remembered of it", async () => {
  const { app, store } = await filled();
  const writer = new BatchWriter("writer-two");
  const payload = { series: [{ instance: "two", name: "loss" }], buckets: 1000 };
  // Long enough to be remembered.
  let points = 64 * 4096;
  for (let step = 0; step < points; step++) {
    writer.log({ loss: Math.sin(step) }, step);
    if (step % 65_536 === 65_535) await store.takeRecords("two", writer.body());
  }
  for (let round = 0; round < 3; round++) {
    await store.takeRecords("two", writer.log({ loss: round === 1 ? Number.NaN : round }, points++).body());
    for (const accepted of ["gzip", "br", "gzip"]) {
      const question = { method: "POST", url: "/v1/series/query", payload } as const;
      const packed = await app.inject({ ...question, headers: { "accept-encoding": accepted } });
      const plain = await app.inject(question);
      const unpacked = accepted === "br" ? brotliDecompressSync(packed.rawPayload) : gunzipSync(packed.rawPayload);
      expect(unpacked.equals(plain.rawPayload)).toBe(true);
      const [series] = plain.json().series;
      expect([series.version, series.to, series.last.at(-1)]).toEqual([points, points - 1, round === 1 ? "NaN" : round]);
    }
  }
});
