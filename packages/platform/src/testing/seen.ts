import { LIMITS, seriesKey } from "ava-protocol";
import { type ExportOptions, exportPoints } from "../query/export/export.js";
import { type Clock, describeInstance } from "../query/instances.js";
import { readLogText } from "../query/logs.js";
import type { SeriesView } from "../store/contract/instance.js";
import type { Store } from "../store/contract/store.js";

/** @returns ids of all instances of a store, in order */
export async function idsOf(store: Store): Promise<string[]> {
  const sort = { field: { kind: "fact", name: "id" }, isDown: false } as const;
  const { instances } = await store.list({ terms: [], sort, limit: 1_000_000, lostBeforeMs: 0, seriesNames: [] });
  return instances.map(({ id }) => id);
}

/** @returns a series of an instance by its key; `undefined` where it has no points */
export async function seriesOf(store: Store, id: string, key: string): Promise<SeriesView | undefined> {
  return (await store.series(id)).find(({ name, labels }) => seriesKey(name, labels) === key);
}

/** @returns all points of instances, written out */
export async function exported(store: Store, ids: readonly string[], options: ExportOptions): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of exportPoints(store, ids, options)) pieces.push(String(piece));
  return pieces.join("");
}

/** @returns everything that a user can see of an instance */
export async function contentOf(store: Store, id: string, clock: Clock): Promise<{ detail: object; points: string; log: string }> {
  const points = await exported(store, [id], { format: "jsonl" });
  const { text } = await readLogText(store, id, 0, LIMITS.logAnswerBytes);
  return { detail: await describeInstance(store, id, clock), points, log: text };
}

/** @returns everything that a user can see of a store */
export async function allOf(store: Store, clock: Clock): Promise<{ instances: Record<string, unknown>; models: unknown[] }> {
  const instances: Record<string, unknown> = {};
  for (const id of await idsOf(store)) instances[id] = await contentOf(store, id, clock);
  return { instances, models: await store.models({}) };
}
