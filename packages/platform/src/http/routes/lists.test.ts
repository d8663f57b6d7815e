import { describe, expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { listedServer } from "../../testing/listed-server.js";
import type { TestServer } from "../../testing/test-server.js";

async function list(
  { app }: TestServer,
  query: Record<string, string>,
): Promise<{ status: number; ids: string; message: string; rows: Record<string, unknown>[] }> {
  const answer = await app.inject({ url: "/v1/instances", query: { sort: "id", ...query } });
  const body = answer.json<{ instances?: Record<string, unknown>[]; error?: { message: string } }>();
  const rows = body.instances ?? [];
  return { status: answer.statusCode, ids: rows.map(({ id }) => id).join(" "), message: body.error?.message ?? "", rows };
}

describe("a filter", () => {
  test.each([
    ["", "one three two"],
    ["id=two,none,one", "one two"],
    ["id=two,one params.lr>0.01", "one"],
    ["id!=two", "one three"],
    // Numbers compare as numbers, however they are written.
    ["params.lr=0.1", "one"],
    ["params.lr = 1e-1", "one"],
    ["params.lr!=0.10", "three two"],
    ["params.lr<0.5", "one two"],
    ["params.lr<=0.1 and params.lr>0.001", "one"],
    ["params.lr>=+.1", "one three"],
    ["params.net.depth=50", "one"],
    ["params.`odd`.`a b`=1", "one"],
    ["params.`odd.c``d`=2", "one"],
    ["params.odd.flag=true", "one"],
    ["params.odd.none=null", "one"],
    ["params.odd.big=9007199254740993", "one"],
    ["params.odd.big=9007199254740992", ""],
    ["params.odd.text=0.1", ""],
    ["params.odd.text=0.10", "one"],
    ["params.odd.text<1", ""],
    ['params.odd.text="0.10"', "one"],
    ['params.odd.text="0.1"', ""],
    ['params.lr="0.1"', ""],
    ["params.lr~^0", "one two"],
    ["params.lr=abc", ""],
    ["params.lr!=abc", "one three two"],
    // What is missing matches only !=.
    ["params.net.depth!=50", "three two"],
    ["params.nothing!=1", "one three two"],
    ["params.nothing~.*", ""],
    ["params.nothing<1", ""],
    ["last:loss<2", "one"],
    ["last:loss >= 2", "three two"],
    ["max:loss=3", "one"],
    ["min:loss<=1.0", "one"],
    ["count:loss>1", "one"],
    ["last:val/loss=0.5", "one"],
    ["last:val/loss!=0.5", "three two"],
    ["last:`odd {name}`=7", "two"],
    ["last:loss{rank=1}=NaN", "three"],
    ["last:loss{rank=1}>0", ""],
    ["max:loss{rank=0}=9", "three"],
    ['max:loss{ `big name` = "a,b", rank="0" } = 9', "three"],
    ["max:loss{rank=7}!=9", "one three two"],
    ["last:loss{}=1", "one"],
    ["id=one", "one"],
    ["id~^t", "three two"],
    ["id>=three", "three two"],
    ['name="第一 run"', "one"],
    ["name~run$", "one"],
    ["training=图像", "one"],
    ["training!=demo", "one"],
    ["host~gpu-[12]", "one two"],
    ["host!=gpu-1", "three two"],
    ["state=done", "two"],
    ["state!=done", "one three"],
    ["state=running,failed", "one three"],
    ["state!=running,failed", "two"],
    ["tag=good", "one"],
    ['tag="base line"', "one"],
    ["tag!=good", "three two"],
    ["tag~^base", "one"],
    ["startTime<2026-01-02", "one three"],
    ["startTime=2026-01-02T10:00:00Z", "two"],
    ['startTime>="2026-01-02 10:00"', "two"],
    ["startTime<2026-01-02T12:00:00+03:00 and id=one", "one"],
    // Text.
    ["Worse", "two"],
    ["GOOD", "one"],
    ["第一", "one"],
    ['"lr=0.1 was"', "two"],
    ["demo and state=done", "two"],
    ["demo  done", ""],
    ["demo state=done params.lr=0.001", "two"],
    ["demo AND th", "three"],
    ['"and"', ""],
    ['"\\"net\\":{"', "one"],
    ["第一,", ""],
  ])("%s", async (filter, ids) => {
    expect(await list(await listedServer(), { filter })).toMatchObject({ status: 200, ids });
  });

  test.each([
    ["lr=0.1", 'at character 1: "lr" is not a field'],
    ["demo and", 'at its end: a term is expected behind "and"'],
    ["and demo", 'at character 1: "and" has no place here'],
    ["id=one or id=two", 'at character 8: "or" has no place here'],
    ["(id=one)", "at character 1: a term is expected"],
    ["params.lr>", "at its end: a value is expected"],
    ["params.lr==1", "at character 11: a value is expected"],
    ["=1", "at character 1: a term is expected"],
    ["last:loss", "at its end: one of = != < <= > >= is expected"],
    ["last:loss=abc", "at character 11: a number is expected"],
    ["last:loss~1", "at character 10: a number or time cannot be searched"],
    ["last:loss{rank}=1", 'at character 15: a "=" is expected'],
    ["last:loss{rank=1=1", 'a "," or a "}" is expected'],
    ["startTime>yesterday", "at character 11: a date is expected"],
    ["startTime>5", "at character 11: a date is expected"],
    ["state=finished", 'at character 7: "finished" is not a state'],
    ["state<done", "a state is compared by = or !="],
    ["name~(", "at character 6: not a regular expression"],
    ['name="open', "at character 6: the quotation mark is not closed"],
    ["params.`open=1", "at character 8: the backquote is not closed"],
    ['"a"b', 'at character 4: a space or "and" is expected'],
    ["图像 params.x>", "at its end"],
    ["图😀 lr=1", "at character 4:"],
    ["name~((a+)+)+$ and id=one", "The regular expression ((a+)+)+$ takes too long"],
  ])("%s is refused with its place", async (filter, place) => {
    const server = await listedServer();
    await server.store.putFacts("slow", { training: "demo", name: `${"a".repeat(60)}!` });
    const answer = await list(server, { filter });
    expect(answer).toMatchObject({ status: 400, message: expect.stringContaining(place) });
  });
});

test("a comparison by number holds as for the numbers themselves", async () => {
  const server = await listedServer();
  const random = randomOf(seedOfTest());
  const numbers = Array.from({ length: 30 }, () => (random.chance(0.5) ? random.below(20) : Number((random.next() * 10).toPrecision(3))));
  for (const [i, lr] of numbers.entries()) {
    await server.store.putFacts(`n${i}`, { training: "numbers", params: { lr } });
    await server.store.takeRecords(`n${i}`, new BatchWriter("writer-one").log({ lr }, 1).body());
  }
  const compare: Record<string, (a: number, b: number) => boolean> = {
    "=": (a, b) => a === b,
    "!=": (a, b) => a !== b,
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
  };
  for (const [operator, isRight] of Object.entries(compare)) {
    const bound = random.pick(numbers);
    const written = random.pick([String(bound), bound.toExponential(), bound.toFixed(6)]);
    const expected = numbers
      .flatMap((lr, i) => (isRight(lr, Number(written)) ? [`n${i}`] : []))
      .toSorted()
      .join(" ");
    for (const field of ["params.lr", "last:lr"]) {
      expect({ field, operator, ...(await list(server, { filter: `training=numbers and ${field}${operator}${written}` })) }).toMatchObject({
        field,
        operator,
        ids: expected,
      });
    }
  }
});

test.each([
  ["id", "one three two"],
  ["-id", "two three one"],
  ["params.lr", "two one three"],
  ["-last:loss", "three two one"],
  ["-loss", "three two one"],
  ["min:loss", "one two three"],
  ["val/loss", "one three two"],
  ["-last:loss{rank=0}", "three one two"],
  ["host", "one two three"],
  ["-tag", "one three two"],
  ["`odd {name}`", "two one three"],
])("sorted by %s, those without the value last", async (sort, ids) => {
  expect(await list(await listedServer(), { sort })).toMatchObject({ status: 200, ids });
});

test.each([
  [{ sort: "params.lr desc" }, 'sort "params.lr desc", at character 10: the field is expected to end here'],
  [{ sort: "-" }, "a field is expected"],
  [{ columns: "params.lr,,id" }, "at character 11: a field is expected"],
  [{ columns: "id," }, "at its end: a field is expected behind the comma"],
  [{ columns: "loss" }, "; write params.loss for a param, last:loss for a metric"],
  [{ columns: "id name" }, "at character 4: a comma is expected between columns"],
])("%j is refused with its place", async (query, message) => {
  expect(await list(await listedServer(), query)).toMatchObject({ status: 400, message: expect.stringContaining(message) });
});

test("a list of columns has only those, by the texts that they were asked for with, and leaves out what an instance has not", async () => {
  const server = await listedServer();
  const columns = "params.lr, params.odd.big,min:val/loss,last:loss{rank=1},count:loss,tag,note,host,startTime,params.odd.none";
  const { rows } = await list(server, { columns });
  expect(rows).toEqual([
    {
      id: "one",
      training: "图像",
      name: "第一 run",
      state: "running",
      values: {
        "params.lr": 0.1,
        "params.odd.big": Number("9007199254740993"),
        "min:val/loss": 0.5,
        "count:loss": 2,
        tag: ["base line", "good"],
        host: "gpu-1",
        startTime: "2026-01-01T00:00:00Z",
        "params.odd.none": null,
      },
    },
    {
      id: "three",
      training: "demo",
      state: "failed",
      values: { "params.lr": 1, "last:loss{rank=1}": "NaN", "count:loss": 1, startTime: "2026-01-01T00:00:00.000Z" },
    },
    {
      id: "two",
      training: "demo",
      state: "done",
      values: { "params.lr": 0.001, "count:loss": 1, note: "lr=0.1 was worse", host: "gpu-2", startTime: "2026-01-02T12:00:00+02:00" },
    },
  ]);
  const { body } = await server.app.inject({ url: "/v1/instances", query: { columns, filter: "id=one" } });
  expect(body).toContain('"params.lr":0.10,"params.odd.big":9007199254740993');
  expect((await list(server, { columns: "", filter: "id=two" })).rows).toEqual([
    { id: "two", training: "demo", state: "done", values: {} },
  ]);
  expect((await list(server, { columns: "params,end", filter: "id=two" })).rows).toMatchObject([{ values: { params: { lr: 0.001 } } }]);
});

test("a tag, a note and a name are not a sign of life: a lost run stays lost", async () => {
  const server = await listedServer();
  server.advance(120_000);
  const { app } = server;
  const answer = await app.inject({ method: "PUT", url: "/v1/instances/one", payload: { tags: ["lost"], note: "why?", name: "gone" } });
  expect(answer.json()).toMatchObject({ state: "lost", tags: ["lost"], heartbeatTime: "2026-01-01T00:00:00.000Z" });
});

test("tags and a note are facts that a list and an instance show; wrong ones are refused", async () => {
  const server = await listedServer();
  const put = async (payload: object): Promise<number> =>
    (await server.app.inject({ method: "PUT", url: "/v1/instances/one", payload })).statusCode;
  expect(await put({ tags: ["later"], note: "第二" })).toBe(200);
  expect((await server.app.inject("/v1/instances/one")).json()).toMatchObject({ tags: ["later"], note: "第二", name: "第一 run" });
  expect((await list(server, { filter: "tag=later" })).rows).toMatchObject([{ tags: ["later"], note: "第二" }]);
  for (const wrong of [
    { tags: [""] },
    { tags: ["a", "a"] },
    { tags: ["a\nb"] },
    { tags: ["a".repeat(129)] },
    { note: "a".repeat(65_537) },
  ]) {
    expect(await put(wrong)).toBe(400);
  }
});
