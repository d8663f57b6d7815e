import { expect, test } from "vitest";
import { type TestServer, testServer } from "../../testing/test-server.js";

const CHANGED = "2026-01-01T00:00:00.000Z";

async function put({ app }: TestServer, name: string, view: object): Promise<{ status: number; body: object; message: string }> {
  const answer = await app.inject({ method: "PUT", url: `/v1/views/${encodeURIComponent(name)}`, payload: view });
  const body = answer.json<{ error?: { message: string } }>();
  return { status: answer.statusCode, body, message: body.error?.message ?? "" };
}

test("a view is saved, replaced, read, listed by name and deleted", async () => {
  const server = await testServer();
  const { app } = server;
  const view = {
    training: "图像",
    filter: "params.lr>=0.01 and state=done",
    sort: "-min:loss",
    columns: "params.lr,min:loss",
    group: "params.opt",
  };
  expect(await put(server, "b/快", view)).toMatchObject({ status: 200, body: { name: "b/快", ...view, changedTime: CHANGED } });
  await put(server, "a", { filter: "state=failed" });
  await put(server, "a", { pinned: ["run-1"] });
  const all = [
    { name: "a", pinned: ["run-1"], changedTime: CHANGED },
    { name: "b/快", ...view, changedTime: CHANGED },
  ];
  expect((await app.inject("/v1/views")).json()).toEqual({ views: all });
  expect((await app.inject("/v1/views/b%2F%E5%BF%AB")).json()).toEqual(all[1]);
  expect((await app.inject({ method: "DELETE", url: "/v1/views/a" })).json()).toEqual({ deleted: "a" });
  for (const method of ["GET", "DELETE"] as const) {
    expect(await app.inject({ method, url: "/v1/views/a" })).toMatchObject({
      statusCode: 404,
      body: expect.stringContaining("There is no view a."),
    });
  }
});

test.each([
  [{ filter: "lr=0.1" }, 'filter "lr=0.1", at character 1'],
  [{ sort: "-" }, "sort"],
  [{ columns: "params.lr,," }, 'columns "params.lr,,", at character 11'],
  [{ group: "last:loss" }, "instances are grouped by params.KEY"],
  [{ training: "a/b" }, "training name"],
  [{ colums: "params.lr" }, "additional properties"],
  [{ pinned: Array.from({ length: 101 }, () => "run-1") }, "100 items"],
])("a view that cannot be shown is refused, with the place: %j", async (view, problem) => {
  const server = await testServer();
  const { status, message } = await put(server, "a", view);
  expect([status, message]).toEqual([400, expect.stringContaining(problem)]);
  expect((await server.app.inject("/v1/views")).json()).toEqual({ views: [] });
});

test("a name of a view is text of one line", async () => {
  const server = await testServer();
  expect(await put(server, "two\nlines", {})).toMatchObject({ status: 400, message: expect.stringContaining("control character") });
  expect(await put(server, " \u3000", {})).toMatchObject({ status: 400, message: expect.stringContaining("nothing but blanks") });
});
