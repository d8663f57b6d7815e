import { describe, expect, test } from "vitest";
import { listedServer } from "../../testing/listed-server.js";
import { testServer } from "../../testing/test-server.js";

describe("the table in CSV", () => {
  test("has every instance of the filter with the asked columns, digit for digit, texts quoted", async () => {
    const { app } = await listedServer();
    const answer = await app.inject({
      url: "/v1/instances.csv",
      query: { sort: "id", columns: "params.lr,last:loss,tag,note,params.odd" },
    });
    expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
    expect(answer.headers["content-disposition"]).toContain('filename="instances.csv"');
    const odd = '{"a b":1,"c`d":2,"flag":true,"text":"0.10","none":null,"big":9007199254740993}'.replaceAll('"', '""');
    expect(answer.body.split("\n")).toEqual([
      "id,training,name,state,params.lr,last:loss,tag,note,params.odd",
      `one,图像,第一 run,running,0.10,1,"[""base line"",""good""]",,"${odd}"`,
      "three,demo,,failed,1,9,,,",
      "two,demo,,done,0.001,2,,lr=0.1 was worse,",
      "",
    ]);
  });

  test("has all of more than a block, stops at a limit, and tells a column that cannot be read as a status; ids come alone, too", async () => {
    const { app, store } = await testServer();
    for (let i = 0; i < 1203; i++) await store.putFacts(`run-${String(i).padStart(4, "0")}`, { training: "many", name: "=1+1" });
    const lines = async (query: Record<string, string>): Promise<string[]> =>
      (await app.inject({ url: "/v1/instances.csv", query: { sort: "id", ...query } })).body.trimEnd().split("\n");
    const all = await lines({ training: "many" });
    expect([all.length, all[1], all[1203], new Set(all).size]).toEqual([
      1204,
      "run-0000,many,=1+1,running",
      "run-1202,many,=1+1,running",
      1204,
    ]);
    expect((await lines({ limit: "7", safe: "1" }))[7]).toBe("run-0006,many,'=1+1,running");
    expect(await lines({ limit: "501" })).toHaveLength(502);
    expect((await app.inject({ url: "/v1/instances.csv", query: { limit: "1e308" } })).statusCode).toBe(400);
    expect(await lines({ filter: "id=none" })).toEqual(["id,training,name,state"]);
    expect((await app.inject({ url: "/v1/instances.csv", query: { columns: "lr" } })).statusCode).toBe(400);
    const ids = async (query: Record<string, string>) => (await app.inject({ url: "/v1/ids", query })).json<{ ids: string[] }>().ids;
    expect(await ids({ training: "many" })).toEqual(all.slice(1).map((line) => line.split(",")[0]));
    expect(await ids({ filter: "id~7$ and id<run-0100" })).toHaveLength(10);
    expect((await app.inject({ url: "/v1/ids", query: { filter: "lr>" } })).statusCode).toBe(400);
  });
});
