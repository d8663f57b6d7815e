import { expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { trackioDialect } from "./dialect.js";

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

test("metrics of the machine are told apart, artifacts are counted, and what is not known is refused in the client's form", async () => {
  const client = new DialectClient(trackioDialect);
  const system = { ...entry("s", 0, { "gpu/0/util": 50 }), timestamp: "2026-01-01T00:00:00+00:00" };
  await client.send("POST", "/api/bulk_log_system", { kwargs: { logs: [system] } });
  const [id = "", records] = [...client.outlet.written][0] ?? [];
  expect(records).toMatchObject([{ series: [{ name: "system/gpu/0/util", labels: { source: "trackio" } }], values: [50] }]);
  expect((await client.send("POST", "/api/check_artifact_blobs", { kwargs: { project: "p", digests: ["d"] } })).json).toEqual({
    data: { present: ["d"] },
  });
  const artifact = { project: "p/q", run_name: "r", run_id: "id1", name: "model", manifest: [{ path: "a", size: 3 }], aliases: [] };
  expect((await client.send("POST", "/api/artifact_log", { kwargs: artifact })).json).toMatchObject({
    data: { version: 0, size_bytes: 3 },
  });
  expect(client.outlet.passedOver).toContainEqual([id, "artifacts", 1]);
  expect(await client.send("POST", "/api/delete_run", { kwargs: {} })).toMatchObject({
    status: 400,
    json: { error: expect.stringMatching(/delete_run/) },
  });
  expect((await client.send("POST", "/api/bulk_log", "no json")).status).toBe(400);
});
