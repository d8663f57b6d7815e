import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duplex, duplexPair } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Agent } from "./agent.js";
import { MOST_LINE_BYTES } from "./connection.js";

type Message = Record<string, unknown> & { error?: { code: string; message: string } };

let workspace: string;
let agent: Agent;
let silent: ReturnType<typeof createServer>;
let platformUrl: string;

beforeEach(async () => {
  workspace = mkdtempSync(join(tmpdir(), "ava-session-"));
  vi.stubEnv("AVA_WORKSPACE", join(workspace, "of-agent"));
  agent = new Agent({ version: "1.2.3", firstClientMs: 0, log: () => undefined });
  // A platform that takes connections and never answers.
  const sockets = new Set<Socket>();
  silent = createServer((socket) => void sockets.add(socket)).on("close", () => sockets.forEach((socket) => void socket.destroy()));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  platformUrl = `http://127.0.0.1:${(silent.address() as { port: number }).port}`;
});

afterEach(async () => {
  await agent.close(0);
  silent.close();
  vi.unstubAllEnvs();
  rmSync(workspace, { recursive: true });
});

/** One client, over a stream as a socket is. */
class TestClient {
  readonly messages: Message[] = [];
  isClosed = false;
  readonly stream: Duplex;
  private rest = "";
  private lastId = 0;

  constructor(served: Agent = agent) {
    const [ours, theirs] = duplexPair();
    this.stream = ours;
    ours.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.rest + text).split("\n");
      this.rest = lines.pop() as string;
      for (const line of lines) this.messages.push(JSON.parse(line) as Message);
    });
    ours.on("close", () => (this.isClosed = true)).on("end", () => (this.isClosed = true));
    served.serve(theirs);
  }

  async call(op: string, fields: Record<string, unknown> = {}): Promise<Message> {
    const id = (this.lastId += 1);
    this.stream.write(`${JSON.stringify({ id, op, ...fields })}\n`);
    return vi.waitFor(() => this.messages.find((message) => message["id"] === id && message["event"] === undefined) ?? Promise.reject(id));
  }

  hello(fields: Record<string, unknown> = {}): Promise<Message> {
    return this.call("hello", { protocol: 1, ...fields });
  }

  attach(instance = "run-1", fields: Record<string, unknown> = {}): Promise<Message> {
    const run = join(workspace, "run", instance);
    mkdirSync(run, { recursive: true });
    return this.call("attach", { run, workspace, instance, training: "t", environment: { AVA_PLATFORM_URL: platformUrl }, ...fields });
  }
}

async function greeted(): Promise<TestClient> {
  const client = new TestClient();
  await client.hello();
  return client;
}

describe("the clients that are served", () => {
  test("a client that says hello is told who serves it", async () => {
    expect(await new TestClient().hello()).toEqual({ id: 1, ok: true, protocol: 1, version: "1.2.3", pid: process.pid, host: agent.host });
  });

  test.each<[string, string, Record<string, unknown>]>([
    ["hello_missing", "attach", {}],
    ["hello_missing", "bye", {}],
    ["protocol_unsupported", "hello", { protocol: 2 }],
    ["protocol_unsupported", "hello", { protocol: "1" }],
    ["protocol_unsupported", "hello", {}],
    ["bad_request", "hello", { protocol: 1, host: 7 }],
  ])("%s: one that begins with %s %j is told why, and the connection is closed", async (code, op, fields) => {
    const client = new TestClient();
    expect(await client.call(op, fields)).toMatchObject({ error: { code } });
    await vi.waitFor(() => expect(client.isClosed).toBe(true));
  });

  test("of an agent with a token, only who gives it", async () => {
    const guarded = new Agent({ version: "1", token: "s3cret", firstClientMs: 0, log: () => undefined });
    for (const token of [undefined, "", "s3cre", "s3cret1", "S3CRET"]) {
      const answer = await new TestClient(guarded).hello({ token });
      expect({ token, code: answer.error?.code }).toEqual({ token, code: "token_refused" });
      expect(JSON.stringify(answer)).not.toContain("s3cret");
    }
    expect(await new TestClient(guarded).hello({ token: "s3cret" })).toMatchObject({ ok: true });
    await guarded.close(0);
  });

  test("bye is answered, and is the last word", async () => {
    const client = await greeted();
    client.stream.write('{"id":7,"op":"bye"}\n{"id":8,"op":"nonsense"}\n');
    await vi.waitFor(() => expect(client.isClosed).toBe(true));
    expect(client.messages.slice(1)).toEqual([{ id: 7, ok: true }]);
  });
});

describe("a bad message", () => {
  test.each([
    ["text", "nonsense\n"],
    ["bytes", "\u0000\u00ff\n"],
    ["an empty line", "\n"],
    ["a list", "[1]\n"],
    ["null", "null\n"],
    ["a text for a number", '{"id":"1","op":"hello"}\n'],
    ["no operation", '{"id":1}\n'],
    ["a line without an end", "x".repeat(MOST_LINE_BYTES + 1)],
  ])("%s: is answered as a bad request and ends the connection; another client is served on", async (_, text) => {
    const other = await greeted();
    const client = await greeted();
    client.stream.write(text);
    await vi.waitFor(() => expect(client.isClosed).toBe(true));
    expect(client.messages.at(-1)).toMatchObject({ error: { code: "bad_request" } });
    expect(await other.attach()).toMatchObject({ ok: true });
  });

  test("torn in any way it is one message still", async () => {
    const client = new TestClient();
    for (const byte of Buffer.from('{"id":1,"op":"hello","protocol":1,"host":"主机"}\r\n{"id":2,"op":"toString"}\n'))
      client.stream.write(Buffer.of(byte));
    await vi.waitFor(() => expect(client.messages).toHaveLength(2));
    expect(client.messages[0]).toMatchObject({ id: 1, ok: true });
    expect(client.messages[1]).toMatchObject({ id: 2, error: { code: "unknown_op" } });
  });
});

describe("what cannot be done is answered by its code, and the connection stays", () => {
  const RUN = "/w/run/run-1";
  test.each<[string, string, Record<string, unknown>]>([
    ["unknown_op", "constructor", {}],
    ["bad_request", "attach", {}],
    ["bad_request", "attach", { run: RUN }],
    ["bad_request", "attach", { run: RUN, instance: "another" }],
    ["bad_request", "attach", { run: "run/run-1", instance: "run-1" }],
    ["bad_request", "attach", { run: "/w/run/..", instance: ".." }],
    ["bad_request", "attach", { run: "/w/run/实例", instance: "实例" }],
    ["bad_request", "attach", { run: RUN, instance: "run-1", probe: "../run-1" }],
    ["bad_request", "attach", { run: RUN, instance: "run-1", probe: ".." }],
    ["bad_request", "attach", { run: RUN, instance: "run-1", environment: ["AVA_TOKEN=x"] }],
    ["not_attached", "finish", { run: RUN }],
    ["not_attached", "append", { run: RUN, file: "journal/aaaaaaaa.000000.ava" }],
    ["not_attached", "uploadModel", { run: RUN, name: "m", files: [] }],
    ["not_attached", "uploadLogs", { run: RUN }],
    ["not_attached", "downloadModel", { run: RUN, name: "m", folder: "/f" }],
    ["bad_request", "finish", { timeoutMs: 10 }],
    ["bad_request", "finish", { run: RUN, timeoutMs: "10" }],
    ["bad_request", "fetch", { url: 7 }],
    ["CREDENTIALS_MISSING", "fetch", { url: "http://127.0.0.1:9/", isMacSigned: true }],
    ["CREDENTIALS_MISSING", "upload", { file: "/f", bucket: "b", key: "k" }],
    ["bad_request", "download", { url: "http://127.0.0.1:9/" }],
  ])("%s: %s %j", async (code, op, fields) => {
    const client = await greeted();
    expect(await client.call(op, fields)).toMatchObject({ error: { code, message: expect.stringMatching(/./) } });
    expect(await client.attach()).toMatchObject({ ok: true });
  });

  test.each<[string, string, Record<string, unknown>]>([
    ["bad_request", "finish", { lastWords: {} }],
    ["bad_request", "finish", { lastWords: { writer: "w", training: "t", afterSeq: 1.5, records: [] } }],
    ["bad_request", "append", { file: "journal/aaaaaaaa.000000.ava", offset: 0, data: "" }],
    ["SNAPSHOT_EMPTY", "uploadModel", { name: "m", files: [] }],
    ["bad_request", "uploadModel", { name: "m", files: "a" }],
    ["FILE_UNREADABLE", "uploadModel", { name: "m", files: ["relative"] }],
    ["FILE_UNREADABLE", "uploadModel", { name: "m", files: ["/no/such/file"] }],
    ["bad_request", "downloadModel", { name: "m" }],
  ])("%s: %s %j of a run that it attends", async (code, op, fields) => {
    const client = await greeted();
    await client.attach();
    const run = join(workspace, "run", "run-1");
    expect(await client.call(op, { run, ...fields })).toMatchObject({ error: { code } });
  });

  test("a setting that is wrong is passed over, and told after the answer", async () => {
    const client = await greeted();
    expect(await client.attach("run-1", { environment: { AVA_PLATFORM_URL: "ftp://x" } })).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(client.messages.at(-1)).toMatchObject({ event: "notice", message: expect.stringContaining("ftp://x") }));
  });
});

describe("a run whose folder the agent does not see", () => {
  const NAME = "journal/aaaaaaaa.000000.ava";

  async function mirrored(): Promise<{ client: TestClient; run: string; folder: string }> {
    const client = await greeted();
    const run = join(workspace, "elsewhere", "run-2");
    expect(await client.call("attach", { run, instance: "run-2", environment: { AVA_PLATFORM_URL: platformUrl } })).toMatchObject({
      isShared: false,
    });
    return { client, run, folder: join(workspace, "of-agent", "run", "run-2") };
  }

  test.each([
    "journal/../../escape",
    "journal/aaaaaaaa.000000.ava/../x",
    "/etc/passwd",
    "journal/short.000000.ava",
    "params.json",
    "lines/XYZ.lines",
    "",
  ])("takes no file named %j", async (file) => {
    const { client, run } = await mirrored();
    expect(await client.call("append", { run, file, data: "eA==" })).toMatchObject({ error: { code: "bad_request" } });
  });

  test.each([-1, 1.5, "0"])("takes no offset %j", async (offset) => {
    const { client, run } = await mirrored();
    expect(await client.call("append", { run, file: NAME, offset, data: "eA==" })).toMatchObject({ error: { code: "bad_request" } });
  });

  test("grows by what is sent, in order and once, also when another client sends it again", async () => {
    const { client, run, folder } = await mirrored();
    const append = async (offset: number, text: string) =>
      (await client.call("append", { run, file: NAME, offset, data: Buffer.from(text).toString("base64") }))["size"];
    expect(await append(0, "abc")).toBe(3);
    expect(await append(0, "abc")).toBe(3);
    expect(await append(1, "bcde")).toBe(5);
    // A piece between is missing: the client is told where it has to go on.
    expect(await append(9, "xyz")).toBe(5);
    expect(readdirSync(join(folder, "journal"))).toEqual(["aaaaaaaa.000000.ava"]);
  });

  test("that has a later segment takes a past one as confirmed, and writes nothing", async () => {
    const { client, run, folder } = await mirrored();
    writeFileSync(join(folder, "journal", "aaaaaaaa.000003.ava"), "");
    expect(await client.call("append", { run, file: NAME, offset: 10, data: "eHg=" })).toMatchObject({ size: 12 });
    expect(readdirSync(join(folder, "journal"))).toEqual(["aaaaaaaa.000003.ava"]);
  });
});

test("a client that goes away holds its run no longer", async () => {
  const client = await greeted();
  await client.attach();
  client.stream.end();
  await vi.waitFor(() => expect(agent.attend(join(workspace, "run", "run-1"), () => Promise.reject() as never).audience.size).toBe(0));
});
