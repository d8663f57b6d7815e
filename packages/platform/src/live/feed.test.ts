import { PassThrough, Writable } from "node:stream";
import type { LiveChange } from "ava-protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import { LiveFeed } from "./feed.js";

/** A feed whose changes the test tells. */
function newFeed(): { feed: LiveFeed; tell: (...changes: LiveChange[]) => void } {
  let listener: ((changes: readonly LiveChange[]) => void) | undefined;
  const feed = new LiveFeed({
    listen: (told) => {
      listener = told;
      return () => (listener = undefined);
    },
  });
  onTestFinished(() => feed.close());
  return { feed, tell: (...changes) => listener?.(changes) };
}

/** A client that reads all at once. */
function reader(feed: LiveFeed, only?: string, lastEventId?: string): { text: () => string; ids: () => string[]; stream: PassThrough } {
  const stream = new PassThrough();
  let text = "";
  stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  feed.join(stream, only, lastEventId);
  return { text: () => text, ids: () => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!), stream };
}

/** A client that reads nothing until it is told to. */
class Stalled extends Writable {
  readonly chunks: Buffer[] = [];
  private goOn: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1000 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    this.goOn = done;
  }

  /** Takes what waits, one piece. */
  read(): void {
    this.goOn?.();
  }
}

const change = (instance: string, series: string[] = []): LiveChange => ({ instance, training: "demo", series });
const instances = (text: string): string[] => [...text.matchAll(/"instance":"(\w+)"/g)].map(([, id]) => id!);
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setImmediate(resolve)));

test("an event is encoded once, whatever the number of clients", async () => {
  const { feed, tell } = newFeed();
  const written: unknown[] = [];
  for (let i = 0; i < 200; i++) {
    const stream = new PassThrough();
    vi.spyOn(stream, "write").mockImplementation((chunk: unknown) => written.push(chunk) > 0);
    feed.join(stream, i % 2 === 0 ? undefined : "one", undefined);
  }
  written.length = 0;
  tell(change("one"), change("two"));
  await vi.waitFor(() => expect(written).toHaveLength(200), 5000);
  expect(new Set(written).size).toBe(2);
});

test("a client that comes back with the id of its last event gets what it missed, once, also after a time without listeners", async () => {
  const { feed, tell } = newFeed();
  const first = reader(feed);
  tell(change("one"));
  await settled();
  first.stream.destroy();
  await vi.waitFor(() => expect(feed.size).toBe(0), 5000);
  tell(change("two"), change("three"));
  tell(change("two"));
  const again = reader(feed, undefined, first.ids().at(-1));
  const filtered = reader(feed, "two", first.ids().at(-1));
  await settled();
  expect(instances(again.text())).toEqual(["two", "three", "two"]);
  expect(instances(filtered.text())).toEqual(["two", "two"]);
  expect(again.text()).not.toContain("event: reset");
});

test.each(["nonsense", "0123456789ab-1", "-1", ""])("a client that has events of another life (%j) is told to ask anew", async (id) => {
  const { feed, tell } = newFeed();
  const client = reader(feed, undefined, id);
  expect(client.text()).toMatch(/^retry: 2000\nid: \w+-0\nevent: reset\ndata: \{\}\n\n$/);
  tell(change("one"));
  await settled();
  expect(instances(client.text())).toEqual(["one"]);
});

test("a client that does not read holds one piece in memory, and gets the rest as it reads", async () => {
  const { feed, tell } = newFeed();
  const slow = new Stalled();
  feed.join(slow, undefined, undefined);
  const series = Array.from({ length: 100 }, (_, index) => `series/${index}`);
  for (let i = 0; i < 1000; i++) tell(change(`i${i}`, series));
  await settled();
  expect(slow.writableLength).toBeLessThan(70_000);
  await vi.waitFor(() => {
    slow.read();
    expect(instances(Buffer.concat(slow.chunks).toString())).toHaveLength(1000);
  }, 10_000);
});

test("a client that falls too far behind is cut off, and the others are not", async () => {
  const { feed, tell } = newFeed();
  const slow = new Stalled();
  feed.join(slow, undefined, undefined);
  const quick = reader(feed);
  for (let i = 0; i < 10_000; i++) {
    tell(change("one", ["x".repeat(1000)]));
    if (i % 100 === 0) await settled();
  }
  await vi.waitFor(() => expect(instances(quick.text())).toHaveLength(10_000), 5000);
  expect([slow.destroyed, feed.size]).toEqual([true, 1]);
  expect(feed["keptBytes"]).toBeLessThanOrEqual(4_194_304);
});
