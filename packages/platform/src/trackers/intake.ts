import { randomBytes } from "node:crypto";
import { instanceIdOf, type Once, RefusedError, type RunKey, type RunRecord, type Sink } from "ava-dialects";
import type { InstanceFacts } from "ava-protocol";
import { PlatformError } from "../error.js";
import { TrackerReading } from "./reading.js";
import { type Appended, TrackedRun } from "./tracked-run.js";

/** Runs of which it is remembered what was sent; of the others, the store is asked. */
const MOST_RUNS = 10_000;

/** Stands in place of an instance, of which it cannot be the id: there is none, and so the files go with those of instances that are gone. */
const STAGED = "-staged";

/** Takes what clients of other trackers log into the store: each of their runs is an instance. */
export class TrackerIntake extends TrackerReading implements Sink {
  private readonly tracked = new Map<string, TrackedRun>();
  private keeping: Promise<unknown> = Promise.resolve();

  async open(key: RunKey, facts: InstanceFacts): Promise<{ id: string; isNew: boolean }> {
    const { dialect, training, run } = key;
    const id = run === undefined ? `${dialect}-${randomBytes(8).toString("hex")}` : instanceIdOf(key);
    return refusals(async () => {
      const known = run === undefined ? undefined : await this.instance(id);
      const client = known?.facts.client ?? { dialect, ...(run === undefined ? {} : { run }) };
      await this.store.putFacts(id, { ...facts, training, client });
      return { id, isNew: known === undefined };
    });
  }

  append(id: string, records: readonly RunRecord[], once?: Once): Promise<Appended> {
    return refusals(async () => (await this.trackedRun(id)).append(records, once));
  }

  putFile(id: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    return refusals(async () => {
      await this.opened(id);
      try {
        return await this.runFiles.put(id, path, bytes);
      } catch (error) {
        const isInTheWay = error instanceof PlatformError && error.code === "bad_request" && (await this.isInTheWay(id, path));
        throw isInTheWay ? new RefusedError("exists", `a file or a folder is in the way of the file ${path}`) : error;
      }
    });
  }

  async stage(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const name = randomBytes(16).toString("hex");
    await refusals(() => this.runFiles.put(STAGED, name, bytes));
    return name;
  }

  putStaged(id: string, path: string, staged: string): Promise<boolean> {
    return refusals(async () => {
      await this.opened(id);
      if (!/^[0-9a-f]{32}$/.test(staged) || (await this.runFiles.size(STAGED, staged)) === undefined) return false;
      if (await this.isInTheWay(id, path)) return false;
      await this.runFiles.put(id, path, await this.runFiles.read(STAGED, staged, undefined));
      await this.runFiles.remove(STAGED, staged);
      return true;
    });
  }

  async removeFiles(id: string, path: string): Promise<void> {
    await this.opened(id);
    await this.runFiles.remove(id, path);
  }

  async setDeleted(id: string, isDeleted: boolean): Promise<void> {
    const { facts } = await this.opened(id);
    if (facts.client) await refusals(() => this.store.putFacts(id, { client: { ...facts.client!, isHidden: isDeleted } }));
  }

  passOver(id: string, kind: string, count: number): void {
    const known = this.tracked.get(id);
    if (known) return known.passOver(kind, count);
    // A run of which nothing else came since this process began.
    const counted = this.trackedRun(id).then((run) => run.passOver(kind, count));
    counted.catch(() => undefined);
  }

  async keep(dialect: string, key: string, text: string, training: string): Promise<void> {
    const kept = this.keeping.then(() => this.keepText(dialect, key, text, training));
    this.keeping = kept.catch(() => undefined);
    await refusals(() => kept);
  }

  private async keepText(dialect: string, key: string, text: string, training: string): Promise<void> {
    const name = `${dialect} ${key}`;
    const elsewhere = (await this.store.keptTexts(dialect)).filter((one) => one.key === key && one.training !== training);
    for (const { training: other } of elsewhere) await this.store.putTraining(other, { kept: { [name]: "" } });
    await this.store.putTraining(training, { kept: { [name]: text } });
  }

  /** @returns whether a folder is where the file is to be, or a file where one of its folders is */
  private async isInTheWay(id: string, path: string): Promise<boolean> {
    if ((await this.runFiles.list(id, path)).length > 0) return true;
    const parts = path.split("/");
    for (let end = 1; end < parts.length; end++) {
      if ((await this.runFiles.size(id, parts.slice(0, end).join("/"))) !== undefined) return true;
    }
    return false;
  }

  private async opened(id: string) {
    const view = await this.instance(id);
    if (view === undefined) throw new RefusedError("absent", `there is no run ${id}`);
    return view;
  }

  private async trackedRun(id: string): Promise<TrackedRun> {
    const known = this.tracked.get(id);
    if (known) return known;
    const view = await this.opened(id);
    const hasPoints = (await this.store.series(id)).length > 0;
    // Another request may have come to the same run meanwhile.
    const run = this.tracked.get(id) ?? new TrackedRun(this.store, view, hasPoints);
    this.tracked.set(id, run);
    for (const oldest of this.tracked.keys()) {
      if (this.tracked.size <= MOST_RUNS) break;
      this.tracked.delete(oldest);
    }
    return run;
  }
}

/** Failures of the store in the words of the dialects' port. */
async function refusals<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const kind =
      error.status >= 500 || error.code === "conflict"
        ? "unavailable"
        : error.code === "not_found" || error.code === "deleted"
          ? "absent"
          : "invalid";
    throw new RefusedError(kind, error.message);
  }
}
