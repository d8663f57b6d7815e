import { createHash } from "node:crypto";
import { seriesKey } from "ava-protocol";
import type { RawRows } from "../store/contract/points.js";
import { TIME_BASE_NS } from "../store/levels/chunk.js";
import type { CopiedStore } from "../store/state/adopt.js";

/** What an instance comes to: equal for equal instances, whatever keeps them. */
export interface InstanceDigest {
  points: number;
  logBytes: number;
  sha256: string;
}

/** Points that are hashed at a time. */
const STRETCH_POINTS = 4096;

/** Bytes of a log that are read at a time. */
const LOG_STEP_BYTES = 1024 * 1024;

/**
 * Reads everything of an instance: each point, and each byte of its log.
 *
 * @throws PlatformError `store_damaged`
 */
export async function digestOf(store: CopiedStore, id: string): Promise<InstanceDigest> {
  const hash = createHash("sha256");
  const tell = (value: unknown): void =>
    void hash.update(`${JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? String(one) : sorted(one)))}\n`);
  const { writers, life, streamLabels, ...state } = await store.adoptedState(id);
  tell([state, [...writers].sort(byId), [...life].sort(byKey), [...streamLabels].sort(byKey)]);
  const { logBytes } = await store.instance(id);
  tell(await store.series(id));
  let points = 0;
  const columns = new PointColumns((bytes) => void hash.update(bytes));
  for await (const { name, labels, rows } of store.points(id, false)) {
    columns.begin(seriesKey(name, labels));
    columns.add(rows);
    points += rows.count;
  }
  columns.end();
  for (let start = 0; start < logBytes; start += LOG_STEP_BYTES) {
    hash.update((await store.readLog(id, { start, bytes: LOG_STEP_BYTES })).bytes);
    tell(await store.readLogMarks(id, start, start + LOG_STEP_BYTES));
  }
  return { points, logBytes, sha256: hash.digest("hex") };
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function byKey(a: readonly [string | number, unknown], b: readonly [string | number, unknown]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

/** Fields in one order: stores may give them in any. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(byKey));
}

/** Points of series in stretches of one length, with absolute times: stores may part them otherwise. */
class PointColumns {
  private readonly tell: (bytes: Uint8Array) => void;
  private readonly rows = new Float64Array(STRETCH_POINTS * 5);
  private count = 0;
  private series: string | undefined;

  constructor(tell: (bytes: Uint8Array) => void) {
    this.tell = tell;
  }

  /** @param series - key of the series whose points come now */
  begin(series: string): void {
    if (series === this.series) return;
    this.end();
    this.series = series;
    this.tell(Buffer.from(series));
  }

  add({ count, timeBaseHi, step, time, epoch, value }: RawRows): void {
    for (let row = 0; row < count; row++) {
      const hi = Math.floor(time[row]! / TIME_BASE_NS);
      const at = this.count++ * 5;
      this.rows[at] = step[row]!;
      this.rows[at + 1] = epoch[row]!;
      this.rows[at + 2] = value[row]!;
      this.rows[at + 3] = timeBaseHi + hi;
      this.rows[at + 4] = time[row]! - hi * TIME_BASE_NS;
      if (this.count === STRETCH_POINTS) this.end();
    }
  }

  end(): void {
    this.tell(new Uint8Array(this.rows.buffer, 0, this.count * 40));
    this.count = 0;
  }
}
