import { expect, test } from "vitest";
import { BatchWriter } from "../testing/batch-writer.js";
import { testServer } from "../testing/test-server.js";

const CONTRACT = [
  "get /healthz",
  "get /metrics",
  "get /v1/trainings",
  "get /v1/trainings/{training}",
  "put /v1/trainings/{training}",
  "get /v1/trainings/{training}/params",
  "put /v1/trainings/{training}/params",
  "get /v1/trainings/{training}/params/revisions",
  "get /v1/trainings/{training}/instances",
  "get /v1/trainings/{training}/export",
  "post /v1/trainings/{training}/instances",
  "get /v1/trainings/{training}/instances/{id}",
  "put /v1/trainings/{training}/instances/{id}",
  "get /v1/instances",
  "put /v1/instances/{id}",
  "get /v1/instances/{id}",
  "post /v1/instances/{id}/records",
  "get /v1/instances/{id}/series",
  "post /v1/series/query",
  "get /v1/instances/{id}/logs",
  "get /v1/instances/{id}/export",
  "post /v1/instances/{id}/stop",
  "get /v1/groups",
  "get /v1/views",
  "get /v1/views/{name}",
  "put /v1/views/{name}",
  "delete /v1/views/{name}",
  "get /v1/instances/{id}/files",
  "get /v1/live",
  "get /v1/models",
  "post /v1/models",
  "get /v1/models/{name}",
  "get /v1/models/{name}/{version}",
  "get /v1/models/{name}/file",
  "get /v1/evaluations",
  "get /v1/evaluations/{name}",
  "get /v1/evaluations/{name}/result",
  "put /v1/evaluations/{name}/result",
  "post /v1/report/trainings/{id}/metric",
  "post /v1/login",
  "get /v1/me",
];

test("the OpenAPI document describes every route of the contract", async () => {
  const { app } = await testServer();
  const document = (await app.inject("/openapi.json")).json<{
    openapi: string;
    paths: Record<string, Record<string, { summary?: string }>>;
  }>();
  expect(document.openapi).toBe("3.1.0");
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => ({ route: `${method} ${path}`, summary })),
  );
  expect(described.map(({ route }) => route)).toEqual(expect.arrayContaining(CONTRACT));
  expect(described.filter(({ summary }) => summary === undefined)).toEqual([]);
});

test("the platform tells figures about itself as Prometheus text", async () => {
  const { app, store } = await testServer();
  await store.takeRecords("one", new BatchWriter("writer-one").log({ loss: 1, lr: 2 }, 1).body());
  const answer = await app.inject("/metrics");
  expect(answer.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(answer.body).toMatch(/^ava_points_taken_total 2$/m);
  expect(answer.body).toMatch(/^ava_instances 1$/m);
  expect(
    answer.body
      .trimEnd()
      .split("\n")
      .filter((line) => !/^# (HELP|TYPE) \w+ .+$|^\w+ [\d.e+-]+$/.test(line)),
  ).toEqual([]);
});
