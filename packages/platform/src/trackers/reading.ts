import { instanceIdOf, isLater, type Read, type RunFile, type RunKey, type RunView, type SeriesPoint } from "ava-dialects";
import { type Labels, seriesKey } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { RunFiles } from "../files/run-files.js";
import type { InstanceHead, InstanceView, SeriesView } from "../store/contract/instance.js";
import type { PointsAnswer } from "../store/contract/points.js";
import type { Store } from "../store/contract/store.js";

/** Points behind which the last one by step is looked for, where steps went back. */
const MOST_TIES = 10_000;

/** Answers what clients of other trackers read back, from the store. */
export class TrackerReading implements Read {
  protected readonly store: Store;
  protected readonly runFiles: RunFiles;

  /** @param store - that has the runs @param files - of the runs */
  constructor(store: Store, files: RunFiles) {
    this.store = store;
    this.runFiles = files;
  }

  async run(id: string): Promise<RunView | undefined> {
    const view = await this.instance(id);
    return view === undefined ? undefined : runView(view, view.stopRequested?.reason);
  }

  async *runs(dialect: string): AsyncIterable<RunView> {
    const terms = [{ field: { kind: "fact", name: "id" }, operator: "~", operand: { text: `^${dialect}-` } } as const];
    const sort = { field: { kind: "fact", name: "startTime" }, isDown: false } as const;
    for await (const block of this.store.listAll({ terms, sort, lostBeforeMs: 0, metrics: [] })) {
      for (const head of block) {
        const view = runView(head);
        if (view?.dialect === dialect) yield view;
      }
    }
  }

  async find(key: RunKey): Promise<string | undefined> {
    const id = instanceIdOf(key);
    return (await this.instance(id)) === undefined ? undefined : id;
  }

  async nextLine(id: string, stream: string): Promise<number> {
    return (await this.instance(id))?.facts.client?.next?.[stream] ?? 0;
  }

  async latest(id: string): Promise<{ name: string; labels: Labels; point: SeriesPoint }[]> {
    const all = await this.store.series(id);
    const answers = await this.store.findPoints(
      all.map(({ name, labels, lastStep }) => ({ instance: id, name, labels, axis: "step", from: lastStep, most: MOST_TIES })),
    );
    return all.map((series, i) => ({ name: series.name, labels: series.labels, point: latestOf(series, answers[i]!) }));
  }

  async points(
    id: string,
    name: string,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<{ points: SeriesPoint[]; nextOffset?: number }> {
    const all = (await this.instance(id)) === undefined ? [] : await this.store.series(id);
    const keys = new Set(all.filter((series) => series.name === name).map((series) => seriesKey(series.name, series.labels)));
    const points: SeriesPoint[] = [];
    let place = 0;
    if (keys.size === 0) return { points };
    for await (const { rows } of this.store.points(id, true, keys)) {
      for (let row = Math.max(0, offset - place); row < rows.count; row++) {
        if (points.length === limit) return { points, nextOffset: offset + limit };
        points.push({
          step: rows.step[row]!,
          timeNs: BigInt(rows.timeBaseHi) * 4_294_967_296n + BigInt(rows.time[row]!),
          value: rows.value[row]!,
        });
      }
      place += rows.count;
    }
    return { points };
  }

  files(id: string, folder: string): Promise<RunFile[]> {
    return this.runFiles.list(id, folder);
  }

  async readFile(id: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return (await this.runFiles.size(id, path)) === undefined ? undefined : await this.runFiles.read(id, path, undefined);
  }

  async kept(dialect: string): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.store.keptTexts(dialect)).map(({ key, text }) => [key, text]));
  }

  /** The instance, if it is there and not deleted. */
  protected async instance(id: string): Promise<InstanceView | undefined> {
    try {
      return await this.store.instance(id);
    } catch (error) {
      if (error instanceof PlatformError && (error.code === "not_found" || error.code === "deleted")) return undefined;
      throw error;
    }
  }
}

/** @throws PlatformError where the points cannot be read */
function latestOf({ lastStep, lastTimeNs, last }: SeriesView, answer: PointsAnswer): SeriesPoint {
  if (answer instanceof PlatformError) throw answer;
  const found = answer.points.map(({ step, timeNs, value }) => ({ step, timeNs, value }));
  return found.reduce((a, b) => (isLater(b, a) ? b : a), { step: lastStep, timeNs: lastTimeNs, value: last });
}

function runView({ id, facts }: InstanceHead, stopReason?: string): RunView | undefined {
  const { client } = facts;
  if (client === undefined) return undefined;
  return {
    id,
    dialect: client.dialect,
    facts: { paramsText: "{}", ...facts },
    isDeleted: client.isHidden === true,
    ...(stopReason === undefined ? {} : { stopReason }),
  };
}
