import { expect, onTestFinished, test, vi } from "vitest";
import type { Ask, Database } from "../connect/database.js";
import type { Loader } from "../load/loader.js";
import { Lister } from "./lister.js";

const ROW = { no: 1, id: "one", training: "demo", state: "done", startTime: null, stopTime: null, heartbeatMs: 0, factsPos: 1 };

test("a table with more metrics than are remembered keeps the rows that are: lists read all rows again after each", async () => {
  // From which transaction on rows were read.
  const froms: unknown[] = [];
  const ask = async (text: string, [from]: readonly unknown[] = []): Promise<unknown[]> => {
    if (text.includes("pg_snapshot_xmax")) return [{ mark: "5", hasChanged: true }];
    if (!text.includes("isDeleted")) return [];
    froms.push(from);
    return [{ ...ROW, isDeleted: false }];
  };
  const database = { ask, snapshot: (work: (ask: Ask) => unknown) => work(ask as Ask), onLost: () => undefined };
  const lister = new Lister(database as unknown as Database, { seenIn: async () => new Map() } as unknown as Loader, () => 0);
  const metrics = Array.from({ length: 7 }, (_, i) => ({ kind: "metric", figure: "last", name: `m${i}` }) as const);
  const by = [{ kind: "fact", name: "state" }] as const;
  for (let i = 0; i < 3; i++) expect(await lister.groups({ terms: [], by, metrics, lostBeforeMs: 0 })).toMatchObject([{ count: 1 }]);
  expect(froms).toEqual([null, "5", "5"]);
});

test("figures of two metrics of a run are of one moment: one was of a later commit than the other", async () => {
  let snapshots = 0;
  const read: [snapshot: number, metric: unknown][] = [];
  const ask = async (text: string, [name]: readonly unknown[] = []): Promise<unknown[]> => {
    if (text.includes("pg_snapshot_xmax")) return [{ mark: "5", hasChanged: true }];
    if (text.includes("isDeleted")) return [{ ...ROW, isDeleted: false }];
    if (text.includes("ava.figures")) read.push([snapshots, name]);
    return [];
  };
  const snapshot = (work: (ask: Ask) => unknown): unknown => {
    snapshots++;
    return work(ask as Ask);
  };
  const database = { ask, snapshot, onLost: () => undefined };
  const lister = new Lister(database as unknown as Database, { seenIn: async () => new Map() } as unknown as Loader, () => 0);
  const metrics = ["loss", "acc"].map((name) => ({ kind: "metric", figure: "last", name }) as const);
  await lister.groups({ terms: [], by: [{ kind: "fact", name: "state" }], metrics, lostBeforeMs: 0 });
  expect(read).toEqual([
    [1, "loss"],
    [1, "acc"],
  ]);
});

test("a question that looks at rows for long goes on asking: the server would end its transaction", async () => {
  // Each look at the clock comes six seconds after the one before.
  let nowMs = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (nowMs += 6000));
  onTestFinished(() => clock.mockRestore());
  const asked: string[] = [];
  const ask = async (text: string, [, after]: readonly unknown[] = []): Promise<unknown[]> => {
    asked.push(text);
    if (text.includes("pg_snapshot_xmax")) return [{ mark: "5", hasChanged: true }];
    if (!text.includes("isDeleted") || after !== 0) return [];
    return Array.from({ length: 4000 }, (_, i) => ({ ...ROW, no: i + 1, id: `run-${i}`, isDeleted: false }));
  };
  const database = { ask, snapshot: (work: (ask: Ask) => unknown) => work(ask as Ask), onLost: () => undefined };
  const lister = new Lister(database as unknown as Database, { seenIn: async () => new Map() } as unknown as Loader, () => 0);
  const groups = await lister.groups({ terms: [], by: [{ kind: "fact", name: "state" }], metrics: [], lostBeforeMs: 0 });
  expect(groups).toMatchObject([{ count: 4000 }]);
  expect(asked.at(-1)).toBe("SELECT 1");
});

test("the first list by a metric does not wait until rows of all are read: it took ten times as long as the index", async () => {
  const asked: string[] = [];
  const ask = async (text: string, [from, after]: readonly unknown[] = []): Promise<unknown[]> => {
    asked.push(text);
    if (text.includes("pg_snapshot_xmax")) return [{ mark: "5", hasChanged: from === null }];
    if (text.includes("count(*)")) return [{ count: 1 }];
    if (text.includes("isDeleted") && after === 0) return [{ ...ROW, isDeleted: false }];
    return [];
  };
  const database = { ask, snapshot: (work: (ask: Ask) => unknown) => work(ask as Ask), onLost: () => undefined };
  const lister = new Lister(database as unknown as Database, { seenIn: async () => new Map() } as unknown as Loader, () => 0);
  const sort = { field: { kind: "metric", figure: "last", name: "loss" }, isDown: false } as const;
  const list = (): Promise<unknown> => lister.list({ terms: [], sort, limit: 10, lostBeforeMs: 0 });
  expect(await list()).toMatchObject({ total: 1 });
  const index = asked.findIndex((text) => text.includes("FETCH FIRST"));
  expect(index).toBeGreaterThan(0);
  await vi.waitFor(() => expect(asked.some((text) => text.includes("= ANY") && text.includes("live_figures"))).toBe(true));
  expect(asked.findIndex((text) => text.includes("isDeleted"))).toBeGreaterThan(index);
  // What was read behind it answers the next one.
  asked.length = 0;
  await list();
  expect(asked.filter((text) => text.includes("FETCH FIRST") || text.includes("isDeleted"))).toEqual([]);
});
