import { expect, test } from "vitest";
import { testServer } from "../../testing/test-server.js";

test("the result of an evaluation is kept as it came, and another one under its name replaces it", async () => {
  const { app } = await testServer();
  const url = "/v1/evaluations/e1/result";
  for (const payload of [{ scoreFile: "qiniu://x", metric: { top1: 0.5 } }, { own: [1, "two"] }]) {
    expect((await app.inject({ method: "PUT", url, payload })).statusCode).toBe(200);
    expect((await app.inject(url)).json()).toEqual(payload);
  }
  expect((await app.inject("/v1/evaluations")).json().evaluations).toHaveLength(1);
});

test("evaluations are listed, the newest first, and tell the run and the model that their result names", async () => {
  const { app, advance } = await testServer();
  const results = {
    "of a/run": { trainingRef: { instanceID: "ins-1" }, model: "m", metric: { top1: 0.5, each: [1, 2] }, scoreFile: "qiniu://x" },
    bare: {},
    odd: { trainingRef: "ins-1", model: 3, metric: "good" },
  };
  for (const [name, payload] of Object.entries(results)) {
    await app.inject({ method: "PUT", url: `/v1/evaluations/${encodeURIComponent(name)}/result`, payload });
    advance(1000);
  }
  const times = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z", "2026-01-01T00:00:02.000Z"];
  const { model, metric } = results["of a/run"];
  const first = { name: "of a/run", createdTime: times[0], instance: "ins-1", model, metric };
  const listed = [{ name: "odd", createdTime: times[2] }, { name: "bare", createdTime: times[1] }, first];
  expect((await app.inject("/v1/evaluations")).json()).toEqual({ evaluations: listed });
  expect((await app.inject("/v1/evaluations?instance=ins-1")).json()).toEqual({ evaluations: [first] });
  expect((await app.inject("/v1/evaluations/of%20a%2Frun")).json()).toEqual({ ...first, result: results["of a/run"] });
  expect((await app.inject("/v1/evaluations/nothing")).json().error.code).toBe("not_found");
});
