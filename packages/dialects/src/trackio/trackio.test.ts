import { expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { trackioDialect } from "./dialect.js";
import { onePart } from "./one-part.js";

const entry = (log_id: string, step: number, metrics: object, more: object = {}) => ({
  project: "p/q",
  run: "r",
  run_id: "id1",
  step,
  metrics,
  log_id,
  config: null,
  ...more,
});

test("metrics, config and repeats", async () => {
  const client = new DialectClient(trackioDialect);
  expect((await client.send("GET", "/version")).json).toMatchObject({ api_version: 1 });
  const first = entry("a", 0, { loss: "NaN", nested: { x: 2 }, text: "t", img: { _type: "trackio.image" } });
  const body = `{"args":[],"kwargs":{"logs":[${JSON.stringify(first).replace('"config":null', '"config":{"lr":0.10,"seed":12345678901234567890}')}]}}`;
  expect(await client.send("POST", "/api/bulk_log", body)).toMatchObject({ status: 200, json: { data: null } });
  await client.send("POST", "/api/bulk_log", { args: [], kwargs: { logs: [first, entry("b", 5, { loss: "-Infinity" })] } });
  const [id = ""] = client.outlet.written.keys();
  const view = await client.memory.run(id);
  expect(view?.facts).toMatchObject({ training: "p_q", name: "r" });
  expect(view?.facts.paramsText).toContain('"lr": 0.10, "seed": 12345678901234567890');
  const points = client.outlet.written.get(id)?.flatMap((record) => (record.kind === "points" ? [record] : []));
  expect(points?.map(({ series, step, values }) => [series.map(({ name }) => name), step, values])).toEqual([
    [["loss", "nested.x"], 0, [Number.NaN, 2]],
    [["loss"], 5, [Number.NEGATIVE_INFINITY]],
  ]);
  expect(client.outlet.passedOver).toContainEqual([id, "media", 1]);
  expect((await client.send("POST", "/api/get_runs_for_project", { kwargs: { project: "p/q" } })).json).toMatchObject({
    data: [{ id: "id1", name: "r" }],
  });
});

test("metrics of the machine are told apart, and what is not known is refused in the client's form", async () => {
  const client = new DialectClient(trackioDialect);
  const system = { ...entry("s", 0, { "gpu/0/util": 50 }), timestamp: "2026-01-01T00:00:00+00:00" };
  await client.send("POST", "/api/bulk_log_system", { kwargs: { logs: [system] } });
  const [records] = [...client.outlet.written.values()];
  expect(records).toMatchObject([{ series: [{ name: "system/gpu/0/util", labels: { source: "trackio" } }], values: [50] }]);
  expect(await client.send("POST", "/api/delete_run", { kwargs: {} })).toMatchObject({
    status: 400,
    json: { error: expect.stringMatching(/delete_run/) },
  });
  expect((await client.send("POST", "/api/bulk_log", "no json")).status).toBe(400);
});

const BOUNDARY = "x1b2";
const multipart = (content: string) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n${content}\r\n--${BOUNDARY}--\r\n`;

test.each(["", "\r\n", `\r\n--${BOUNDARY.slice(0, 3)}\r\n\r\n`, "x".repeat(100_000)])(
  "a file that was uploaded in pieces is that of its run, whole",
  async (content) => {
    const body = new TextEncoder().encode(multipart(content));
    for (const pieceBytes of [1, 7, 65_536]) {
      if (pieceBytes === 1 && body.length > 1000) continue;
      const pieces = async function* () {
        for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
      };
      let read = "";
      for await (const chunk of onePart(pieces(), `multipart/form-data; boundary=${BOUNDARY}`)) read += new TextDecoder().decode(chunk);
      expect(read).toBe(content);
    }
  },
);

test("media are files of their run; what is not there any more is counted", async () => {
  const client = new DialectClient(trackioDialect);
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  const { json } = await client.send("POST", "/api/upload", multipart("picture"), headers);
  const [staged] = (json as { paths: string[] }).paths;
  const { project, run, run_id } = entry("", 0, {});
  const media = (path: unknown, orig_name: string) => ({
    project,
    run,
    run_id,
    step: 3,
    relative_path: null,
    uploaded_file: { path, orig_name },
  });
  const uploads = [media(staged, "../a.png"), media("gone", "b.png")];
  expect(await client.send("POST", "/api/bulk_upload_media", { kwargs: { uploads } })).toMatchObject({ status: 200, json: { data: null } });
  const id = client.outlet.opened[0]?.id ?? "";
  expect(await client.outlet.files(id, "media/3")).toEqual([{ name: "a.png", isFolder: false, bytes: 7 }]);
  expect(client.outlet.passedOver).toEqual([[id, "media", 1]]);
  expect((await client.send("POST", "/api/upload", "no parts")).status).toBe(400);
});

test("files that are saved before anything is logged are those of the run that logs first, or of one without a name", async () => {
  const client = new DialectClient(trackioDialect);
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  const { json } = await client.send("POST", "/api/upload", multipart("conf"), headers);
  const [path] = (json as { paths: string[] }).paths;
  const saved = { project: "p/q", run: null, run_id: null, step: null, relative_path: null, uploaded_file: { path, orig_name: "c.json" } };
  expect((await client.send("POST", "/api/bulk_upload_media", { kwargs: { uploads: [saved] } })).status).toBe(200);
  const id = client.outlet.opened[0]?.id ?? "";
  expect(await client.outlet.files(id, "files")).toEqual([{ name: "c.json", isFolder: false, bytes: 4 }]);
  for (const step of [0, 1]) await client.send("POST", "/api/bulk_log", { kwargs: { logs: [entry(`l${step}`, step, { loss: 1 })] } });
  expect(client.outlet.opened).toHaveLength(1);
  expect((await client.memory.run(id))?.facts.name).toBe("r");
  await client.send("POST", "/api/bulk_log", { kwargs: { logs: [entry("m", 0, { loss: 1 }, { run: "s", run_id: "id2" })] } });
  expect(client.outlet.opened).toHaveLength(2);
});

test("files of artifacts, and those that are saved, are files of the run; what was not uploaded is counted", async () => {
  const client = new DialectClient(trackioDialect);
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  const call = async (name: string, kwargs: object) => (await client.send("POST", `/api/${name}`, { args: [], kwargs })).json;
  const staged = async (content: string) => ({
    path: ((await client.send("POST", "/api/upload", multipart(content), headers)).json as { paths: string[] }).paths[0],
    orig_name: "w.bin",
  });
  const project = "p/q";
  // Before anything was logged.
  await call("bulk_upload_artifact_blob", { project, uploads: [{ digest: "d0", uploaded_file: await staged("early") }] });
  await call("bulk_log", { logs: [entry("a", 0, { loss: 1 })] });
  const id = client.outlet.opened[0]?.id ?? "";
  expect(await call("check_artifact_blobs", { project, digests: ["d1"] })).toEqual({ data: { present: [] } });
  await call("bulk_upload_artifact_blob", { project, uploads: [{ digest: "d1", uploaded_file: await staged("weights") }] });
  const manifest = [
    { path: "early.bin", digest: "d0", size: 5 },
    { path: "sub/w.bin", digest: "d1", size: 7 },
    { path: "copy.bin", digest: "d1", size: 7 },
    { path: "gone.bin", digest: "d2", size: 3 },
    { path: "../x", digest: "d1", size: 7 },
    { path: "far", ref: "s3://b/k", digest: "d3", size: 0 },
  ];
  const artifact = { project, run_name: "r", run_id: "id1", name: "model", type: "model", manifest, aliases: ["best"] };
  expect(await call("artifact_log", artifact)).toMatchObject({ data: { version: 0, aliases: ["best"], manifest, size_bytes: 29 } });
  const [version] = await client.outlet.files(id, "artifacts/model");
  expect(await client.outlet.files(id, `artifacts/model/${version?.name}/sub`)).toEqual([{ name: "w.bin", isFolder: false, bytes: 7 }]);
  expect((await client.outlet.files(id, `artifacts/model/${version?.name}`)).map(({ name }) => name).sort()).toEqual([
    "copy.bin",
    "early.bin",
    "sub",
  ]);
  expect(await client.outlet.files(id, "artifacts/blobs")).toEqual([]);
  expect(client.outlet.passedOver).toEqual([
    [id, "files of artifacts", 1],
    [id, "files of artifacts", 1],
    [id, "references of artifacts", 1],
  ]);
  const saved = { project, run: null, run_id: null, step: null, relative_path: "../conf/./deep" };
  await call("bulk_upload_media", { uploads: [{ ...saved, uploaded_file: await staged("saved") }] });
  await call("bulk_upload_media", { uploads: [{ ...saved, relative_path: "top/w.bin", uploaded_file: await staged("alone") }] });
  expect(await client.outlet.files(id, "files/conf/deep")).toEqual([{ name: "w.bin", isFolder: false, bytes: 5 }]);
  expect(await client.outlet.files(id, "files/top")).toEqual([{ name: "w.bin", isFolder: false, bytes: 5 }]);
});
