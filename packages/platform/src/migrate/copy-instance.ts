import { isDeepStrictEqual } from "node:util";
import { type Labels, seriesKey } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { InstanceView, SeriesView } from "../store/contract/instance.js";
import type { RawRows } from "../store/contract/points.js";
import { type AdoptedState, type Adoption, adoptedPoints, type CopiedStore } from "../store/state/adopt.js";

/** Counts of what was copied, for people who watch. */
export interface Copied {
  instances: number;
  points: number;
  logBytes: number;
}

/** Bytes of a log that one command brings, at least one record. */
const LOG_STEP_BYTES = 512 * 1024;

/** Commands of an instance that are on their way at once: a database takes them in one transaction. */
const AT_ONCE = 64;

/**
 * Brings an instance to the target, or what it lacks of it.
 *
 * @param copied - grows
 * @throws PlatformError `conflict` where the target has something else of this instance
 */
export async function copyInstance(source: CopiedStore, target: CopiedStore, id: string, copied: Copied): Promise<void> {
  const state = await source.adoptedState(id);
  const [before, series] = await Promise.all([viewIn(target, id), source.series(id)]);
  const known = before === undefined ? [] : await target.series(id);
  const adopt = (now: AdoptedState): Promise<void> =>
    target.adopt({ kind: "adopt", instance: id, atMs: now.createdMs, state: now }, NOTHING);
  const { logBytes } = await source.instance(id);
  refuseOther(id, before, known, { logBytes, series, createdMs: state.createdMs }, before && (await target.adoptedState(id)).createdMs);
  // Writers come last: what is acknowledged is there.
  if (before === undefined) await adopt({ ...state, writers: [] });
  const counts = new Map(known.map((one) => [keyOf(one), one.count] as const));
  await copyPoints(source, target, id, series, counts, copied);
  await copyLog(source, target, id, before?.logBytes ?? 0, logBytes, copied);
  if (!isDeepStrictEqual(await target.adoptedState(id), state)) await adopt(state);
  copied.instances++;
}

/** Points of all series, behind those that are there. */
async function copyPoints(
  source: CopiedStore,
  target: CopiedStore,
  id: string,
  series: readonly SeriesView[],
  counts: ReadonlyMap<string, number>,
  copied: Copied,
): Promise<void> {
  const lacking = series.filter((one) => one.count > (counts.get(keyOf(one)) ?? 0)).map(keyOf);
  if (lacking.length === 0) return;
  const sender = new Sender(target);
  const places = new Map<string, number>();
  for await (const { name, labels, rows } of source.points(id, false, new Set(lacking))) {
    const key = seriesKey(name, labels);
    const start = places.get(key) ?? 0;
    places.set(key, start + rows.count);
    const passed = Math.max(0, (counts.get(key) ?? 0) - start);
    if (passed >= rows.count) continue;
    const rest = behind(rows, passed);
    const adoption = { kind: "adoptPoints", instance: id, atMs: 0, name, labels, at: start + passed } as const;
    await sender.send(adoption, adoptedPoints(rest), () => (copied.points += rest.count));
  }
  await sender.end();
}

async function copyLog(source: CopiedStore, target: CopiedStore, id: string, start: number, end: number, copied: Copied): Promise<void> {
  const sender = new Sender(target);
  for (let at = start; at < end; ) {
    const marks = (await source.readLogMarks(id, at, Math.min(end, at + LOG_STEP_BYTES))).filter(({ offset }) => offset > at);
    const first = (await source.readLogMarks(id, at, at + 1)).at(-1);
    // Up to where a record begins, or all of a long one.
    const isLast = at + LOG_STEP_BYTES >= end;
    const next = isLast
      ? end
      : (marks.at(-1)?.offset ??
        (await source.readLogMarks(id, at + LOG_STEP_BYTES, end)).find(({ offset }) => offset > at)?.offset ??
        end);
    const { bytes, damage } = await source.readLog(id, { start: at, bytes: next - at });
    if (damage[0] !== undefined) throw new PlatformError("store_damaged", damage[0]);
    const inside = marks.filter(({ offset }) => offset < next);
    const begins = [{ offset: at, timeNs: first?.timeNs ?? 0n, stream: first?.stream ?? 0 }, ...inside];
    const records = begins.map(({ offset, timeNs, stream = 0 }, i): [string, number, number] => [
      String(timeNs),
      stream,
      (begins[i + 1]?.offset ?? next) - offset,
    ]);
    const step = next - at;
    await sender.send({ kind: "adoptLog", instance: id, atMs: 0, at, records }, bytes, () => (copied.logBytes += step));
    at = next;
  }
  await sender.end();
}

/** Sends adoptions of one instance in their order, several at once. */
class Sender {
  private readonly target: CopiedStore;
  private sent: Promise<void>[] = [];

  constructor(target: CopiedStore) {
    this.target = target;
  }

  async send(adoption: Adoption, body: Uint8Array, onKept: () => void): Promise<void> {
    const kept = this.target.adopt(adoption, body).then(onKept);
    // It is told at the end.
    kept.catch(() => undefined);
    this.sent.push(kept);
    if (this.sent.length >= AT_ONCE) await this.end();
  }

  /** @throws what the target says to the first that it does not take */
  async end(): Promise<void> {
    const results = await Promise.allSettled(this.sent.splice(0));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
}

/** What is there must be the beginning of what comes, as a copy that was broken off leaves it. */
function refuseOther(
  id: string,
  before: InstanceView | undefined,
  known: readonly SeriesView[],
  source: { logBytes: number; series: readonly SeriesView[]; createdMs: number },
  createdMs: number | undefined,
): void {
  if (before === undefined) return;
  const counts = new Map(source.series.map((one) => [keyOf(one), one.count] as const));
  const isBeginning = known.every((one) => one.count <= (counts.get(keyOf(one)) ?? 0));
  if (createdMs === source.createdMs && isBeginning && before.logBytes <= source.logBytes) return;
  throw new PlatformError(
    "conflict",
    `The target has an instance ${id} that is not a part of the source's. Name a target that is empty; nothing of it was changed.`,
  );
}

async function viewIn(store: CopiedStore, id: string): Promise<InstanceView | undefined> {
  try {
    return await store.instance(id);
  } catch (error) {
    if (error instanceof PlatformError && error.code === "not_found") return undefined;
    throw error;
  }
}

function keyOf({ name, labels }: { name: string; labels: Labels }): string {
  return seriesKey(name, labels);
}

function behind(rows: RawRows, passed: number): RawRows {
  if (passed === 0) return rows;
  const { count, timeBaseHi, step, time, epoch, value } = rows;
  const rest = (column: Float64Array): Float64Array => column.subarray(passed, count);
  return { count: count - passed, timeBaseHi, step: rest(step), time: rest(time), epoch: rest(epoch), value: rest(value) };
}

const NOTHING = new Uint8Array(0);
