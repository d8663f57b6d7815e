// What two generations of the real client sent for one program, sent again: fixtures/README.md says which program.
import { readFileSync } from "node:fs";
import { parseJsonText, plainJsonValue } from "ava-protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { wandbDialect } from "./dialect.js";

interface Call {
  method: string;
  path: string;
  body: string;
}

function recordedCalls(version: string): Call[] {
  const lines = readFileSync(new URL(`fixtures/client-${version}.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Call);
}

describe.each(["0.19", "0.31"])("client %s", (version) => {
  let client: DialectClient;
  let refused: unknown[];

  beforeEach(async () => {
    client = new DialectClient(wandbDialect);
    refused = [];
    for (const { method, path, body } of recordedCalls(version)) {
      const { status, json, text } = await client.send(method, path, body);
      if (status !== 200 || (json as { errors?: unknown }).errors !== undefined) refused.push({ path, body, status, text });
    }
  });

  test("no request is refused", () => {
    expect(refused).toEqual([]);
  });

  /** Steps and values of one metric. */
  function points(name: string): [step: number, value: number][] {
    const rows = (client.outlet.written.get("run1") ?? []).flatMap((record) => (record.kind === "points" ? [record] : []));
    return rows.flatMap(({ series, step, values }) =>
      series.flatMap((one, index): [number, number][] => (one.name === name ? [[step, values[index] as number]] : [])),
    );
  }

  test("every value is that which was logged, on the x axis that was defined", () => {
    const losses = [0.1 + 0.2, Number.NaN, Infinity, -Infinity, 2 ** 53 + 2, 5e-324, -1.797e308];
    expect(points("loss")).toEqual(losses.map((value, step) => [step, value]));
    expect(points("a.b")).toEqual(losses.map((_, step) => [step, 1]));
    expect(points("flag")).toEqual(losses.map((_, step) => [step, 1]));
    expect(points("epoch")).toEqual([
      [7, 0],
      [8, 10],
    ]);
    expect(points("val/acc")).toEqual([
      [0, 0],
      [10, 0.1],
    ]);
    expect(points("late")).toEqual([[20, 1]]);
  });

  test("config, tags, notes, group and summary are params, digit for digit", async () => {
    const { facts } = (await client.memory.run("run1")) ?? {};
    expect(facts?.paramsText).toContain('"big": 12345678901234567');
    const text = facts?.paramsText ?? "";
    expect(plainJsonValue(text, parseJsonText(text))).toMatchObject({
      lr: 0.1,
      nested: { a: 1, b: [1, 2] },
      模型: "x",
      later: "yes",
      _wandb: {
        project: "视觉 one",
        run: "run1",
        group: "g1",
        job_type: "train",
        notes: "a note",
        tags: ["a", "b"],
        summary: { best: 0.5 },
      },
    });
    expect(facts).toMatchObject({ training: "视觉 one", name: "my run", state: "failed", end: { exitCode: 3 } });
  });

  test("what the program printed is the log, by stream; texts are counted", () => {
    const log = (client.outlet.written.get("run1") ?? []).flatMap((record) => (record.kind === "log" ? [record] : []));
    const lines = log.map(({ stream, bytes }) => [stream, new TextDecoder().decode(bytes)]);
    expect(lines).toEqual(
      expect.arrayContaining([
        ["stdout", "hello 你好\n"],
        ["stderr", "wrong\n"],
      ]),
    );
    expect(client.outlet.passedOver.reduce((sum, [, kind, count]) => sum + (kind === "texts" ? count : 0), 0)).toBe(7);
  });

  test("an artifact lies with the run's files", async () => {
    const file = await client.memory.readFile("run1", "artifacts/model/822904d8d4c5/w.bin");
    const chunks: Uint8Array[] = [];
    for await (const chunk of file ?? []) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("123");
  });

  test("lines that come again add nothing", async () => {
    const before = client.outlet.written.get("run1")?.filter(({ kind }) => kind !== "facts").length;
    for (const { method, path, body } of recordedCalls(version)) if (path.endsWith("file_stream")) await client.send(method, path, body);
    expect(client.outlet.written.get("run1")?.filter(({ kind }) => kind !== "facts").length).toBe(before);
  });
});
