import type { LogSearchAnswer, LogsAnswer } from "ava-protocol";
import { expect, test } from "vitest";
import { type Random, randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

async function logged(records: readonly { text: string; timeNs: bigint }[]): Promise<TestServer> {
  const server = await testServer();
  const writer = new BatchWriter("writer-one");
  for (const { text, timeNs } of records) writer.add({ type: "log", timeNs, stream: "stdout", bytes: Buffer.from(text) });
  await server.store.takeRecords("one", writer.add({ type: "facts", facts: { state: "done" } }).body());
  return server;
}

async function get<Answer>({ app }: TestServer, query: Record<string, string>): Promise<Answer> {
  return (await app.inject({ url: "/v1/instances/one/logs", query })).json<Answer>();
}

/** Lines of 0 to 60 characters of one to four bytes. */
function randomLog(random: Random, lines: number): string {
  const line = (): string => Array.from({ length: random.below(60) }, () => random.pick(["a", "b", " ", "é", "学", "😀"])).join("");
  return Array.from({ length: lines }, () => `${line()}\n`).join("");
}

test("parts of a log, forward and backward, are whole lines, and together the log", async () => {
  const random = randomOf(seedOfTest());
  const text = `${randomLog(random, 400)}no end`;
  const server = await logged([{ text, timeNs: 1n }]);
  await server.store.checkpoint();
  const size = Buffer.byteLength(text);
  for (const limit of [250, 1000, 4096]) {
    let forward = "";
    for (let offset = 0; offset < size; ) {
      const part: LogsAnswer = await get(server, { offset: String(offset), limit: String(limit) });
      expect(part.text.endsWith("\n") || part.nextOffset === size).toBe(true);
      expect(part.nextOffset - part.offset).toBeLessThanOrEqual(limit);
      forward += part.text;
      offset = part.nextOffset;
    }
    expect(forward).toBe(text);
    let backward = "";
    for (let before = size; before > 0; ) {
      const part: LogsAnswer = await get(server, { before: String(before), limit: String(limit) });
      expect(part.nextOffset).toBe(before);
      expect(part.offset === 0 || Buffer.from(text)[part.offset - 1] === 0x0a).toBe(true);
      expect(part.nextOffset - part.offset).toBeLessThanOrEqual(limit);
      backward = part.text + backward;
      before = part.offset;
    }
    expect(backward).toBe(text);
  }
});

test("a line that is longer than a part is cut at whole characters, in both directions", async () => {
  const text = `first\n${"学".repeat(100)}\nlast\n`;
  const server = await logged([{ text, timeNs: 1n }]);
  let backward = "";
  for (let before = Buffer.byteLength(text); before > 0; ) {
    const part: LogsAnswer = await get(server, { before: String(before), limit: "20" });
    expect(part.offset).toBeLessThan(before);
    backward = part.text + backward;
    before = part.offset;
  }
  expect(backward).toBe(text);
  expect(await get(server, { offset: "6", limit: "20" })).toMatchObject({ text: "学".repeat(6), nextOffset: 24 });
  expect(await get(server, { before: "9999" })).toMatchObject({ text, offset: 0 });
  expect(await get(server, { before: "0" })).toMatchObject({ text: "", offset: 0, nextOffset: 0 });
});

test("a search finds every place of a text in the whole log, with its line and time", async () => {
  const random = randomOf(seedOfTest());
  const parts = Array.from({ length: 40 }, (_, i) => ({ text: randomLog(random, 20), timeNs: BigInt(i) * 1000n }));
  const server = await logged(parts);
  await server.store.checkpoint();
  const bytes = Buffer.from(parts.map(({ text }) => text).join(""));
  const needle = "a学";
  const expected: LogSearchAnswer["hits"] = [];
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
    const lineOffset = at === 0 ? 0 : bytes.lastIndexOf("\n", at - 1) + 1;
    let end = 0;
    const record = parts.findIndex(({ text }) => (end += Buffer.byteLength(text)) > at);
    expected.push({
      offset: at,
      lineOffset,
      line: bytes.subarray(lineOffset, bytes.indexOf("\n", at)).toString(),
      timeNs: String(record * 1000),
    });
  }
  const found: LogSearchAnswer["hits"] = [];
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const answer: LogSearchAnswer = await get(server, { search: needle, offset: String(offset), hits: "7" });
    expect(answer.size).toBe(bytes.length);
    found.push(...answer.hits);
    offset = answer.nextOffset;
  }
  expect(found).toEqual(expected);
  expect(await get(server, { search: "nothing like that" })).toEqual({ size: bytes.length, hits: [] });
});

test("of a long line a hit shows the part around it", async () => {
  const text = `${"学".repeat(1000)}here${"学".repeat(1000)}\n`;
  const { hits }: LogSearchAnswer = await get(await logged([{ text, timeNs: 5n }]), { search: "here" });
  expect(hits).toEqual([{ offset: 3000, lineOffset: 2502, line: `${"学".repeat(166)}here${"学".repeat(165)}`, timeNs: "5" }]);
});

test("the whole log is there to save", async () => {
  const text = randomLog(randomOf(seedOfTest()), 60_000);
  const { app } = await logged([{ text, timeNs: 1n }]);
  for (const url of ["/v1/instances/one/logs?download", "/v1/instances/one/logs?download=1"]) {
    const answer = await app.inject(url);
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(answer.headers["content-disposition"]).toBe("attachment; filename=\"one.log\"; filename*=UTF-8''one.log");
    expect(answer.body === text).toBe(true);
  }
  expect((await app.inject("/v1/instances/none/logs?download")).statusCode).toBe(404);
});

test("a time finds the lines that were printed then, and text comes with the times of its records", async () => {
  const records = Array.from({ length: 5000 }, (_, i) => ({
    text: `step ${i}: a line of some length, as trainings print them\n`,
    timeNs: BigInt(i) * 10n,
  }));
  const server = await logged(records);
  await server.store.checkpoint();
  for (const [timeNs, step] of [
    ["-5", 0],
    ["0", 0],
    ["31239", 3123],
    ["31240", 3124],
    ["9999999999", 4999],
  ] as const) {
    const found: LogsAnswer = await get(server, { time: timeNs, limit: "200" });
    expect(found.text.split(":")[0]).toBe(`step ${step}`);
  }
  const { text, times, offset }: LogsAnswer = await get(server, { time: "70", limit: "160", times: "1" });
  expect(text.split("\n").filter(Boolean)).toHaveLength(2);
  expect(times).toEqual([
    { offset, timeNs: "70" },
    { offset: offset + text.indexOf("\n") + 1, timeNs: "80" },
  ]);
  const wrong = await server.app.inject({ url: "/v1/instances/one/logs", query: { time: "yesterday" } });
  expect([wrong.statusCode, wrong.json()]).toMatchObject([400, { error: { code: "bad_request" } }]);
});

test("lines are found by their number, and text tells that of its first line, also in a log of several megabytes", async () => {
  const random = randomOf(seedOfTest());
  const lines = Array.from({ length: 60_000 }, (_, i) => `${i + 1} ${"x".repeat(random.below(90))}`);
  const server = await logged([{ text: `${lines.join("\n")}\n`, timeNs: 1n }]);
  await server.store.checkpoint();
  for (const line of [1, 2, 60_000, ...Array.from({ length: 20 }, () => 1 + random.below(60_000))]) {
    const found: LogsAnswer = await get(server, { line: String(line), lines: "1", limit: "120" });
    expect(found.line).toBe(line);
    expect(found.text.split("\n")[0]).toBe(lines[line - 1]);
  }
  const beyond: LogsAnswer = await get(server, { line: "99999999", lines: "1" });
  expect([beyond.line, beyond.text]).toEqual([60_000, `${lines[59_999]}\n`]);
  const grown: LogsAnswer = await get(server, { tail: "3", lines: "1" });
  expect(grown.line).toBe(59_998);
});
