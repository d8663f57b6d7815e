// The official client, unmodified, against the emulator: an emulator that only agrees with our own client proves nothing.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type KodoEmulator, startEmulator } from "ava-kodo-emulator";
import { qetag } from "ava-sdk/kodo";
import qiniu from "qiniu";
import { afterAll, beforeAll, expect, it } from "vitest";

const [accessKey, secretKey] = ["test-access-key", "test-secret-key"];
const CONTENT = Buffer.alloc(9 * 1024 * 1024, Buffer.from(Array.from({ length: 251 }, (_, index) => (index * 31 + 7) % 251)));

let folder: string;
let file: string;
let emulator: KodoEmulator;
let mac: qiniu.auth.digest.Mac;
let config: qiniu.conf.Config;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "ava-kodo-official-"));
  file = path.join(folder, "nine.bin");
  writeFileSync(file, CONTENT);
  emulator = await startEmulator({ data: path.join(folder, "data"), accessKey, secretKey, buckets: ["train"] });
  // Settings that its types leave out; the last keeps its cache of regions out of the shared temporary folder.
  Object.assign(qiniu.conf, { UC_HOST: emulator.host });
  mac = new qiniu.auth.digest.Mac(accessKey, secretKey);
  config = Object.assign(new qiniu.conf.Config({ useHttpsDomain: false }), { regionsQueryResultCachePath: path.join(folder, "regions") });
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const token = () => new qiniu.rs.PutPolicy({ scope: "train" }).uploadToken(mac);
const manager = () => new qiniu.rs.BucketManager(mac, config);

async function download(key: string): Promise<Response> {
  return fetch(manager().privateDownloadUrl(`http://${emulator.domainOf("train")}`, key, Math.floor(Date.now() / 1000) + 60));
}

async function expectStored(key: string): Promise<void> {
  const answer = await download(key);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("etag")).toBe(`"${await qetag(CONTENT)}"`);
  expect(Buffer.from(await answer.arrayBuffer()).equals(CONTENT)).toBe(true);
}

it("uploads by form", async () => {
  const answer = await new qiniu.form_up.FormUploader(config).putFile(token(), "official/form", file, new qiniu.form_up.PutExtra());
  expect(answer).toMatchObject({ data: { key: "official/form", hash: await qetag(CONTENT) }, resp: { statusCode: 200 } });
  await expectStored("official/form");
});

it.each(["v1", "v2"])("uploads in parts, %s", async (version) => {
  const extra = new qiniu.resume_up.PutExtra();
  extra.version = version;
  const answer = await new qiniu.resume_up.ResumeUploader(config).putFile(token(), `official/${version}`, file, extra);
  expect(answer).toMatchObject({ data: { key: `official/${version}`, hash: await qetag(CONTENT) }, resp: { statusCode: 200 } });
  await expectStored(`official/${version}`);
});

it("tells facts of objects, lists a page at a time, and deletes", async () => {
  const facts = { fsize: CONTENT.length, hash: await qetag(CONTENT) };
  expect((await manager().stat("train", "official/v2")).data).toMatchObject(facts);
  const first = await manager().listPrefix("train", { prefix: "official/", limit: 2 });
  expect(first.data).toMatchObject({ items: [{ key: "official/form" }, { key: "official/v1" }], marker: expect.any(String) });
  const rest = await manager().listPrefix("train", { prefix: "official/", limit: 2, marker: first.data.marker ?? "" });
  expect(rest.data.items.map(({ key }) => key)).toEqual(["official/v2"]);
  expect(rest.data.marker).toBeUndefined();
  expect((await manager().delete("train", "official/v1")).resp.statusCode).toBe(200);
  expect((await manager().stat("train", "official/v1")).resp.statusCode).toBe(612);
  expect((await download("official/v1")).status).toBe(404);
});

it("is told the domains of a bucket", async () => {
  const { data } = await manager().listBucketDomains("train");
  expect(data).toMatchObject([{ domain: emulator.domainOf("train"), tbl: "train" }]);
});

it("is refused with a wrong secret key", async () => {
  const wrong = new qiniu.auth.digest.Mac(accessKey, "another-secret-key");
  const answer = await new qiniu.rs.BucketManager(wrong, config).stat("train", "official/v2");
  expect(answer.resp.statusCode).toBe(401);
});
