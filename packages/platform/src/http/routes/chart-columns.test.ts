import { CHART_COLUMNS_TYPE, type ChartAnswer, decodeChartColumns, fromWireNumber } from "ava-protocol";
import { expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { testServer } from "../../testing/test-server.js";

test.each(["step", "time", "relative"])("binary columns say the same as JSON, point by point and bucket by bucket: x %s", async (x) => {
  const { app, store } = await testServer();
  await store.putFacts("one", { startTime: "2026-01-01T00:00:00Z" });
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < 3000; step++)
    writer.log(
      { loss: step % 700 === 3 ? Number.NaN : Math.sin(step), few: step % 2 === 0 ? step : Infinity },
      step < 2000 ? step : step - 900,
    );
  await store.takeRecords("one", writer.body());
  const series = ["loss", "none", "few"].map((name) => ({ instance: "one", name }));
  for (const buckets of [100, 5000]) {
    const question = { method: "POST", url: "/v1/series/query", payload: { series, x, buckets } } as const;
    const json = (await app.inject(question)).json<ChartAnswer>().series;
    const answer = await app.inject({ ...question, headers: { accept: CHART_COLUMNS_TYPE } });
    expect(answer.headers["content-type"]).toBe(CHART_COLUMNS_TYPE);
    const binary = decodeChartColumns(answer.rawPayload).map((one) =>
      Object.fromEntries(Object.entries(one).map(([name, value]) => [name, value instanceof Float64Array ? Array.from(value) : value])),
    );
    const columns = ["x", "min", "max", "last", "mean", "count", "nan"];
    expect(binary).toEqual(
      json.map((one) =>
        Object.fromEntries(
          Object.entries(one).map(([name, value]) => [name, columns.includes(name) ? (value as number[]).map(fromWireNumber) : value]),
        ),
      ),
    );
    expect(binary.map((one) => "error" in one)).toEqual([false, true, false]);
  }
});

test("a question that is wrong as a whole is answered in JSON", async () => {
  const { app } = await testServer();
  const payload = { series: [], from: 2, to: 1 };
  const answer = await app.inject({ method: "POST", url: "/v1/series/query", payload, headers: { accept: CHART_COLUMNS_TYPE } });
  expect([answer.statusCode, answer.json()]).toEqual([400, { error: { code: "bad_request", message: "from must not be above to." } }]);
});
