import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AvaError } from "../error.js";
import { makeFolder } from "../workspace/make-folder.js";
import type { SnapshotJob } from "./job.js";

/** Snapshots that may wait at a time, as in the old client; a training that writes faster than it can upload should know. */
export const MAX_WAITING_SNAPSHOTS = 128;

const JOB = /^(.+)\.job\.json$/;
const REGISTERED = ".registered.json";

/** The waiting and the registered snapshots of one run, each a file: they survive the process, and any later one goes on with them. */
export class JobFolder {
  /** `snapshots` of the run's folder. */
  readonly folder: string;

  /** @param folder - `snapshots` of the run's folder; made when it is needed */
  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Adds a snapshot.
   *
   * @param job - without an id
   * @param id - default: a new one. One that is or was there is not added again
   * @returns the id it got
   * @throws AvaError SNAPSHOT_QUEUE_FULL when 128 wait already
   */
  add(job: Omit<SnapshotJob, "id">, id: string = newId()): string {
    if (this.names().some((name) => name.startsWith(`${id}.`))) return id;
    const waiting = this.waitingIds();
    if (waiting.length >= MAX_WAITING_SNAPSHOTS) {
      throw new AvaError(
        "SNAPSHOT_QUEUE_FULL",
        `${waiting.length} snapshots wait for their upload already; ${job.model} is not taken. See the run's log for why uploads fail.`,
      );
    }
    this.save({ ...job, id });
    return id;
  }

  /** Writes a job's new state; whole or not at all. @param job - with its id */
  save(job: SnapshotJob): void {
    makeFolder(this.folder);
    const path = join(this.folder, `${job.id}.job.json`);
    writeFileSync(`${path}.tmp`, `${JSON.stringify(job, undefined, 2)}\n`);
    renameSync(`${path}.tmp`, path);
  }

  /** @returns ids of the snapshots that wait, oldest first */
  waitingIds(): string[] {
    return this.names()
      .flatMap((name) => JOB.exec(name)?.[1] ?? [])
      .toSorted();
  }

  /** @param id - of a waiting snapshot @returns the job, or `undefined` when its file is gone or damaged */
  read(id: string): SnapshotJob | undefined {
    return this.parse(`${id}.job.json`);
  }

  /** The snapshot is registered; its facts are kept for the retention. @param job - stored */
  finish(job: SnapshotJob): void {
    this.save(job);
    renameSync(join(this.folder, `${job.id}.job.json`), join(this.folder, `${job.id}${REGISTERED}`));
  }

  /** The snapshot's files never came: it is put aside. @param job - waiting */
  giveUp(job: SnapshotJob): void {
    renameSync(join(this.folder, `${job.id}.job.json`), join(this.folder, `${job.id}.given-up.json`));
  }

  /** @returns the registered snapshots, oldest first */
  registered(): SnapshotJob[] {
    const names = this.names().filter((name) => name.endsWith(REGISTERED));
    return names.toSorted().flatMap((name) => this.parse(name) ?? []);
  }

  /** Forgets a registered snapshot whose archive was deleted from the storage. @param id - of the snapshot */
  forget(id: string): void {
    rmSync(join(this.folder, `${id}${REGISTERED}`), { force: true });
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  private parse(name: string): SnapshotJob | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder, name), "utf8")) as SnapshotJob;
    } catch {
      // Moved on by another process in this moment, or damaged: then it stays for a person to look at.
      return undefined;
    }
  }
}

function newId(): string {
  return `${ageKey(Date.now())}-${process.hrtime.bigint().toString(36)}`;
}

/** @param timeMs - when a snapshot was written, in milliseconds since 1970 @returns the beginning of its id, by which ids sort by age */
export function ageKey(timeMs: number): string {
  return timeMs.toString(36).padStart(9, "0");
}
