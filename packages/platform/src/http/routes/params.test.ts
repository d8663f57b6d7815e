import { expect, test } from "vitest";
import { testServer } from "../../testing/test-server.js";

const TEXT = '{"seed": 9223372036854775807, "gamma": 2.0, "lr": 1e400, "clip": NaN, "steps": {"100": 1, "20": 2}}';

test("params that were sent as text come back digit for digit, and as JSON that every reader takes", async () => {
  const { app } = await testServer();
  const put = await app.inject({ method: "PUT", url: "/v1/instances/x", payload: { paramsText: TEXT } });
  const strict = '"params":{"seed":9223372036854775807,"gamma":2.0,"lr":"Infinity","clip":"NaN","steps":{"100":1,"20":2}}';
  for (const { body } of [put, await app.inject("/v1/instances/x"), await app.inject("/v1/instances")]) expect(body).toContain(strict);
  expect(put.json()).toMatchObject({ paramsText: TEXT });
});

test("params that were sent as JSON keep the digits of the request", async () => {
  const { app } = await testServer();
  const headers = { "content-type": "application/json" };
  const payload = '{"params": {"seed": 9223372036854775807, "x": 1.0}, "host": "a"}';
  const put = await app.inject({ method: "PUT", url: "/v1/instances/x", headers, payload });
  expect(put.json()).toMatchObject({ paramsText: '{"seed": 9223372036854775807, "x": 1.0}', host: "a" });
  const old = await app.inject({ method: "POST", url: "/v1/trainings/t/instances", headers, payload });
  expect(old.json()).toMatchObject({ paramsText: '{"seed": 9223372036854775807, "x": 1.0}' });
});

test.each(["[1]", "no JSON", "NaN", 5])("%j as text of params is refused", async (paramsText) => {
  const { app } = await testServer();
  const put = await app.inject({ method: "PUT", url: "/v1/instances/x", payload: { paramsText } });
  expect(put.statusCode).toBe(400);
  expect(put.body).toContain("paramsText");
});

test("a filter by a param compares numbers as numbers, big ones exactly", async () => {
  const { app } = await testServer();
  await app.inject({
    method: "PUT",
    url: "/v1/instances/x",
    payload: { paramsText: '{"lr": 0.10, "seed": 9223372036854775807, "name": "0.10"}' },
  });
  const counts = async (filter: string) =>
    (await app.inject(`/v1/instances?filter=${encodeURIComponent(filter)}`)).json<{ total: number }>().total;
  expect(await counts("params.lr=0.1")).toBe(1);
  expect(await counts("params.lr=0.15")).toBe(0);
  expect(await counts("params.seed=9223372036854775807")).toBe(1);
  expect(await counts("params.seed=9223372036854775806")).toBe(0);
  expect(await counts("params.name=0.1")).toBe(0);
});
