import type { LiveChange } from "ava-protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import { BatchWriter } from "../testing/batch-writer.js";
import { type TestServer, testServer } from "../testing/test-server.js";

/** Reads the stream over a real connection; gives what has come so far. */
async function listen(server: TestServer, query = "", headers: Record<string, string> = {}): Promise<() => LiveChange[]> {
  if (!server.app.server.listening) await server.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = server.app.server.address() as { port: number };
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const answer = await fetch(`http://127.0.0.1:${port}/v1/live${query}`, { signal: stop.signal, headers });
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  let text = "";
  const reading = (async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })();
  // The stream ends with the test, by abort or with the server.
  reading.catch(() => undefined);
  return () => [...text.matchAll(/^event: change\ndata: (.*)$/gm)].map(([, json]) => JSON.parse(json!) as LiveChange);
}

test("changes are told, gathered per instance", async () => {
  const server = await testServer();
  const changes = await listen(server);
  const only = await listen(server, "?instance=two");
  const writer = new BatchWriter("writer-one").print("hello\n");
  for (let step = 0; step < 20; step++) await server.store.takeRecords("one", writer.log({ loss: step, lr: 1 }, step).body());
  await server.store.putFacts("two", { training: "demo" });
  await vi.waitFor(() => expect(changes()).toHaveLength(2), 5000);
  expect(changes()).toEqual([
    { instance: "one", training: "demo", facts: true, series: ["loss", "lr"], versions: [20, 20], logBytes: 6 },
    { instance: "two", training: "demo", facts: true },
  ]);
  await vi.waitFor(() => expect(only()).toHaveLength(1), 5000);
});

test("a heartbeat that brings a lost run back is told as a change of its facts", async () => {
  const server = await testServer();
  const writer = new BatchWriter("writer-one");
  await server.store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
  server.advance(100_000);
  const changes = await listen(server);
  await vi.waitFor(() => expect(changes()).toEqual([{ instance: "one", training: "demo", facts: true }]), 5000);
  await server.store.takeRecords("one", writer.body());
  await vi.waitFor(() => expect(changes()).toHaveLength(2), 5000);
});

test("streams that are left free their place", async () => {
  const server = await testServer();
  await server.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = server.app.server.address() as { port: number };
  const stop = new AbortController();
  await fetch(`http://127.0.0.1:${port}/v1/live`, { signal: stop.signal });
  const clients = async (): Promise<string> => /ava_live_clients (\d+)/.exec((await server.app.inject("/metrics")).body)![1]!;
  expect(await clients()).toBe("1");
  stop.abort();
  await vi.waitFor(async () => expect(await clients()).toBe("0"), 5000);
});

test("a client that names its last event is sent what it missed", async () => {
  const server = await testServer();
  const changes = await listen(server);
  await server.store.putFacts("one", { training: "demo" });
  await vi.waitFor(() => expect(changes()).toHaveLength(1), 5000);
  const { port } = server.app.server.address() as { port: number };
  const first = await fetch(`http://127.0.0.1:${port}/v1/live`);
  const { value } = await first.body!.getReader().read();
  const [, id = ""] = /^id: (.*)$/m.exec(new TextDecoder().decode(value)) ?? [];
  await server.store.putFacts("two", { training: "demo" });
  await vi.waitFor(() => expect(changes()).toHaveLength(2), 5000);
  const missed = await listen(server, "", { "last-event-id": id });
  await vi.waitFor(() => expect(missed().map(({ instance }) => instance)).toEqual(["two"]), 5000);
});
