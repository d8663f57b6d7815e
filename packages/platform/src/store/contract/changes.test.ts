import { describe, expect, onTestFinished, test, vi } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { DRIVERS } from "../../testing/drivers.js";

describe.each(DRIVERS)("changes of a store: %s", (_name, openDriver) => {
  test("a watcher is woken by a change on any replica, and asks what changed since a cursor", async () => {
    let nowMs = 0;
    const { store, replica } = await openDriver(() => nowMs);
    const wake = vi.fn();
    const end = replica.watch(wake);
    onTestFinished(end);
    const first = await replica.changesSince(undefined);
    expect(first).toMatchObject({ changes: [], isReset: false });
    const writer = new BatchWriter("writer-one").log({ loss: 1, acc: 2 }, 1).print("hello\n");
    await store.takeRecords("one", writer.body());
    await store.takeRecords("one", writer.log({ loss: 2 }, 2).body());
    await store.putFacts("two", { training: "t" });
    // A driver may learn of several changes at once.
    await vi.waitFor(() => expect(wake).toHaveBeenCalled(), { timeout: 20_000 });
    const second = await replica.changesSince(first.cursor);
    expect(second.changes.toSorted((a, b) => a.instance.localeCompare(b.instance))).toEqual([
      {
        instance: "one",
        training: "demo",
        hasFacts: true,
        series: new Map([
          ["loss", 2],
          ["acc", 1],
        ]),
        logBytes: 6,
        silenceMs: 0,
      },
      { instance: "two", training: "t", hasFacts: true, series: new Map(), silenceMs: 0 },
    ]);
    nowMs += 100_000;
    await store.takeRecords("one", writer.log({ loss: 3 }, 3).body());
    expect((await replica.changesSince(second.cursor)).changes).toEqual([
      { instance: "one", training: "demo", hasFacts: false, series: new Map([["loss", 3]]), silenceMs: 100_000 },
    ]);
    // What it knows already is told again to one that has an older cursor.
    expect((await replica.changesSince(first.cursor)).changes.map(({ instance }) => instance).toSorted()).toEqual(["one", "two"]);
    expect(await replica.changesSince("nonsense")).toMatchObject({ changes: [], isReset: true });
  });

  test("a model is a change of the instance that made it; a repeat changes nothing", async () => {
    const { store, replica } = await openDriver(() => 0);
    await store.putFacts("one", {});
    onTestFinished(replica.watch(() => undefined));
    const { cursor } = await replica.changesSince(undefined);
    const spec = { name: "m", file: "a", trainingRef: { instanceID: "one" } };
    await store.putModel(spec);
    const page = await replica.changesSince(cursor);
    expect(page.changes).toMatchObject([{ instance: "one", hasFacts: true }]);
    await store.putModel(spec);
    expect((await replica.changesSince(page.cursor)).changes).toEqual([]);
  });
});
