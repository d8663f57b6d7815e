import { expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { influxDialect } from "./dialect.js";

const points = (client: DialectClient, id: string) =>
  (client.outlet.written.get(id) ?? []).flatMap((record) =>
    record.kind === "points" ? [[record.series[0]?.name, record.series[0]?.labels, record.step, record.timeNs, record.values[0]]] : [],
  );

test("a tag names the instance, others are labels; the database is the training", async () => {
  const client = new DialectClient(influxDialect);
  const lines = [
    "loss,instance=a,rank=0 value=0.5,step=7i 1700000000",
    'train,instance=a acc=1,ok=t,name="x" 1700000001',
    "loss,instance=b value=-inf 1700000002",
  ];
  const { status } = await client.send("POST", "/write?db=my+db&precision=s", lines.join("\n"));
  expect([status, client.outlet.opened.map(({ key, facts }) => [key.training, key.run, facts.name])]).toEqual([
    204,
    [
      ["my db", "a", "a"],
      ["my db", "b", "b"],
    ],
  ]);
  expect(points(client, "a")).toEqual([
    ["loss", { rank: "0" }, 7, 1_700_000_000_000_000_000n, 0.5],
    ["train/acc", {}, 0, 1_700_000_001_000_000_000n, 1],
    ["train/ok", {}, 0, 1_700_000_001_000_000_000n, 1],
  ]);
  expect(points(client, "b")).toEqual([["loss", {}, 0, 1_700_000_002_000_000_000n, Number.NEGATIVE_INFINITY]]);
  expect(client.outlet.passedOver).toContainEqual(["a", "texts", 1]);
});

test("texts are counted once, with the instance of their line, also where a line holds nothing else", async () => {
  const client = new DialectClient(influxDialect);
  const lines = ['m,instance=a value=1,note="x" 1', 'm,instance=b note="y",more="z" 2'].join("\n");
  await client.send("POST", "/write?db=d", lines);
  expect(client.outlet.passedOver).toEqual([
    ["a", "texts", 1],
    ["b", "texts", 2],
  ]);
  await client.send("POST", "/write?db=d", lines.split("\n")[0]);
  expect(client.outlet.passedOver).toHaveLength(2);
});

test("without a step a series counts on, and a line that is sent again is known", async () => {
  const client = new DialectClient(influxDialect);
  for (const time of [1, 2, 1, 3]) await client.send("POST", "/api/v2/write?bucket=b&org=o", `m value=${time} ${time}`);
  expect(points(client, "").map(([, , step, , value]) => [step, value])).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
});

test("of lines of which one is wrong the others are taken, and the answer says which is wrong", async () => {
  const client = new DialectClient(influxDialect);
  const { status, json } = await client.send("POST", "/write?db=d", "m value=1 1\nnonsense\nm value=2 2\n");
  expect([status, json]).toEqual([400, expect.objectContaining({ error: expect.stringMatching(/^partial write: line 2: no field/) })]);
  expect(points(client, "").length).toBe(2);
  expect((await client.send("POST", "/write?db=d&precision=days", "m value=1")).status).toBe(400);
  expect((await client.send("GET", "/query?q=SELECT+1")).json).toMatchObject({ code: "not found" });
});
