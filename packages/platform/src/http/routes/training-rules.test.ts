import { expect, test } from "vitest";
import { testServer } from "../../testing/test-server.js";

test("rules of a training are put as --rules has them, and kept; a wrong one is refused with its place", async () => {
  const { app, store } = await testServer();
  const ask = async (method: "GET" | "PUT", payload?: object) => {
    const { statusCode, json } = await app.inject({
      method,
      url: "/v1/trainings/digits/rules",
      ...(payload === undefined ? {} : { payload }),
    });
    return [statusCode, json()] as const;
  };
  expect(await ask("GET")).toEqual([200, { training: "digits", rules: [] }]);
  const rules = ["loss (?<loss>\\S+)", "acc (?<acc>\\S+)"];
  expect(await ask("PUT", { rules })).toEqual([200, { training: "digits", rules }]);
  expect(await ask("PUT", rules.slice(1))).toEqual([200, { training: "digits", rules: rules.slice(1) }]);
  expect(await ask("PUT", ["loss (\\S+)"])).toEqual([
    400,
    { error: { code: "bad_request", message: expect.stringContaining("has no group") } },
  ]);
  expect(await ask("PUT", { rules: [7] })).toMatchObject([400, {}]);
  expect(await ask("PUT", { rules: ["x".repeat(5000)] })).toMatchObject([422, { error: { code: "limit_exceeded" } }]);
  await store.putTraining("digits", { note: "a note" });
  expect(await ask("GET")).toEqual([200, { training: "digits", rules: rules.slice(1) }]);
  expect(await ask("PUT", [])).toEqual([200, { training: "digits", rules: [] }]);
  expect(await store.training("digits")).toEqual({ name: "digits", note: "a note", newestRevision: 0, createdMs: expect.any(Number) });
});
