import type { InstanceFacts, Labels } from "ava-protocol";
import { mergeKeptParams } from "../params-text.js";
import type { Once, Read, RunFile, RunKey, RunRecord, RunView, SeriesPoint, Sink } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { type AppendEntry, keepOnce, type MemoryEntry, readOnce } from "./memory-entry.js";
import type { Outlet, OutletRecord } from "./outlet.js";
import { RememberedRun } from "./remembered-run.js";

/** Points that are kept for reading back, 24 bytes each; beyond them the longest series forgets its older half. */
const MOST_POINTS = 1_000_000;

/**
 * An intake that remembers what passed through it, so that clients read it back and repeats are recognised, and hands it on to an outlet. Without I/O of its
 * own; what it remembers is bounded.
 */
export class RunMemory implements Sink, Read {
  private readonly outlet: Outlet;
  private readonly byId = new Map<string, RememberedRun>();
  private readonly ids = new Map<string, string>();
  private readonly texts = new Map<string, Map<string, string>>();
  private pointCount = 0;

  /** @param outlet - where the records go */
  constructor(outlet: Outlet) {
    this.outlet = outlet;
  }

  async open(key: RunKey, facts: InstanceFacts): Promise<{ id: string; isNew: boolean }> {
    const { id, isNew } = this.outlet.open(key, facts);
    const isKnown = this.byId.has(id);
    const entry = { kind: "open", key, id, facts } as const;
    await this.outlet.note?.(entry);
    this.apply(entry);
    return { id, isNew: isNew && !isKnown };
  }

  async append(id: string, records: readonly RunRecord[], once?: Once): Promise<{ taken: number; repeated: number }> {
    const run = this.opened(id);
    // While the outlet waits for room, neither a repeat nor what comes behind it may overtake.
    const appended = run.lastAppend.then(() => this.keepNew(run, records, once));
    run.lastAppend = appended.catch(() => undefined);
    return appended;
  }

  async putFile(id: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    this.opened(id);
    return this.outlet.putFile(id, path, bytes);
  }

  async stage(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    return this.outlet.stage(bytes);
  }

  async putStaged(id: string, path: string, staged: string): Promise<boolean> {
    this.opened(id);
    return this.outlet.putStaged(id, path, staged);
  }

  async removeFiles(id: string, path: string): Promise<void> {
    this.opened(id);
    await this.outlet.removeFiles(id, path);
  }

  async setDeleted(id: string, isDeleted: boolean): Promise<void> {
    this.opened(id);
    await this.change({ kind: "deleted", id, isDeleted });
  }

  passOver(id: string, kind: string, count: number): void {
    this.outlet.passOver(id, kind, count);
  }

  async keep(dialect: string, key: string, text: string): Promise<void> {
    await this.change({ kind: "text", dialect, key, text });
  }

  /**
   * Takes up what an earlier memory noted.
   *
   * @param entry - in their order
   */
  restore(entry: MemoryEntry): void {
    this.apply(entry);
  }

  /** All that another memory must be given by {@link restore} to know the same, but points: in place of what was noted so far. */
  entries(): MemoryEntry[] {
    const texts = [...this.texts].flatMap(([dialect, kept]) =>
      [...kept].map(([key, text]) => ({ kind: "text", dialect, key, text }) as const),
    );
    return [...texts, ...[...this.byId.values()].flatMap((run) => run.entries())];
  }

  /** Asks a run to stop: its client is told when it asks. @param id - of the instance @param reason - of the stop */
  stop(id: string, reason: string): void {
    const run = this.byId.get(id);
    if (run) run.view.stopReason = reason;
  }

  async run(id: string): Promise<RunView | undefined> {
    return this.byId.get(id)?.view;
  }

  async *runs(dialect: string): AsyncIterable<RunView> {
    for (const { view } of this.byId.values()) if (view.dialect === dialect) yield view;
  }

  async find(key: RunKey): Promise<string | undefined> {
    return this.ids.get(nameOf(key));
  }

  async nextLine(id: string, stream: string): Promise<number> {
    return this.byId.get(id)?.nextLine(stream) ?? 0;
  }

  async latest(id: string): Promise<{ name: string; labels: Labels; point: SeriesPoint }[]> {
    const columns = [...(this.byId.get(id)?.series.values() ?? [])];
    return columns.flatMap(({ name, labels, latest }) => (latest ? [{ name, labels, point: latest }] : []));
  }

  async points(
    id: string,
    name: string,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<{ points: SeriesPoint[]; nextOffset?: number }> {
    const columns = [...(this.byId.get(id)?.series.values() ?? [])].filter((column) => column.name === name);
    const points: SeriesPoint[] = [];
    let [start, next] = [0, offset];
    for (const column of columns) {
      const end = start + column.forgotten + column.length;
      const [from, to] = [Math.max(next, start), Math.min(end, offset + limit)];
      if (from < to) for (const point of column.slice(from - start, to - from)) points.push(point);
      next = Math.max(next, Math.min(end, offset + limit));
      start = end;
    }
    return next < start ? { points, nextOffset: next } : { points };
  }

  async files(id: string, folder: string): Promise<RunFile[]> {
    return this.outlet.files(id, folder);
  }

  async readFile(id: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.outlet.readFile(id, path);
  }

  async kept(dialect: string): Promise<ReadonlyMap<string, string>> {
    return this.texts.get(dialect) ?? new Map<string, string>();
  }

  private opened(id: string): RememberedRun {
    const run = this.byId.get(id);
    if (!run) throw new RefusedError("absent", `there is no run ${id}`);
    return run;
  }

  private async keepNew(
    run: RememberedRun,
    records: readonly RunRecord[],
    once: Once | undefined,
  ): Promise<{ taken: number; repeated: number }> {
    const { id } = run.view;
    const fresh = once ? run.newOnes(records, once) : records;
    if (fresh.length === 0 && records.length > 0) return { taken: 0, repeated: records.length };
    let paramsText = run.view.facts.paramsText;
    const outgoing: OutletRecord[] = [];
    const passedOver = new Map<string, number>();
    for (const record of fresh) {
      if (record.kind === "params") paramsText = mergeKeptParams(paramsText, record);
      else if (record.kind === "passedOver") passedOver.set(record.what, (passedOver.get(record.what) ?? 0) + record.count);
      else outgoing.push(record);
    }
    if (paramsText !== run.view.facts.paramsText) outgoing.push({ kind: "facts", facts: { paramsText } });
    const entry = this.entryOf(id, outgoing, once);
    await this.outlet.write(id, outgoing, entry);
    this.apply(entry);
    for (const [what, count] of passedOver) this.passOver(id, what, count);
    for (const record of outgoing) if (record.kind === "points") this.pointCount += run.addPoints(record);
    this.forgetOldest();
    return { taken: fresh.length, repeated: records.length - fresh.length };
  }

  private async change(entry: MemoryEntry): Promise<void> {
    await this.outlet.note?.(entry);
    this.apply(entry);
  }

  private apply(entry: MemoryEntry): void {
    switch (entry.kind) {
      case "open": {
        const { key, id, facts } = entry;
        this.ids.set(nameOf(key), id);
        const known = this.byId.get(id);
        const run = known ?? new RememberedRun({ id, dialect: key.dialect, facts: { paramsText: "{}", ...facts }, isDeleted: false });
        run.keys.set(nameOf(key), key);
        known?.mergeFacts(facts);
        this.byId.set(id, run);
        return;
      }
      case "append": {
        const run = this.byId.get(entry.id);
        if (entry.once) run?.mark(readOnce(entry.once));
        if (entry.facts) run?.mergeFacts(entry.facts);
        return;
      }
      case "deleted": {
        const run = this.byId.get(entry.id);
        if (run) run.view.isDeleted = entry.isDeleted;
        return;
      }
      case "text": {
        const kept = this.texts.get(entry.dialect) ?? new Map<string, string>();
        this.texts.set(entry.dialect, kept.set(entry.key, entry.text));
      }
    }
  }

  private entryOf(id: string, outgoing: readonly OutletRecord[], once: Once | undefined): AppendEntry {
    const told = outgoing.flatMap((record) => (record.kind === "facts" ? [record.facts] : []));
    return {
      kind: "append",
      id,
      ...(told.length > 0 ? { facts: Object.assign({}, ...told) as InstanceFacts } : {}),
      ...(once ? { once: keepOnce(once) } : {}),
    };
  }

  private forgetOldest(): void {
    while (this.pointCount > MOST_POINTS) {
      const columns = [...this.byId.values()].flatMap(({ series }) => [...series.values()]);
      const longest = columns.reduce((a, b) => (b.length > a.length ? b : a));
      this.pointCount -= longest.forgetHalf();
    }
  }
}

function nameOf({ dialect, training, run }: RunKey): string {
  return JSON.stringify([dialect, training, run]);
}
