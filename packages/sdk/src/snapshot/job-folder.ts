import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AvaError } from "../place/error.js";
import { makePrivateFolder } from "../place/workspace/make-folder.js";
import type { SnapshotJob } from "./job.js";

/** Snapshots that may wait at a time, as in the old client; a training that writes faster than it can upload should know. */
export const MAX_WAITING_SNAPSHOTS = 128;

/** How far a snapshot is, as the name of its file says: `job` waits to be stored, `stored` to be registered, `given-up` to be told to the platform. */
type JobState = "job" | "stored" | "registered" | "given-up" | "given-up.told";

/** How many snapshots of a run did not come to their end. */
export interface SnapshotCounts {
  /** Not stored yet. */
  waiting: number;
  /** Stored, and not registered yet. */
  unregistered: number;
  /** Given up: their files were gone. */
  givenUp: number;
  /** Why the last one that failed did, where that is known. */
  reason?: string;
}

/** The snapshots of one run, each a file: they survive the process, and any later one goes on with them. */
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

  /** Writes a waiting snapshot's new state; whole or not at all. @param job - with its id */
  save(job: SnapshotJob): void {
    makePrivateFolder(this.folder);
    const path = this.pathOf(job.id, "job");
    writeFileSync(`${path}.tmp`, `${JSON.stringify(job, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
  }

  /** @returns ids of the snapshots that wait to be stored, oldest first */
  waitingIds(): string[] {
    return this.idsOf("job");
  }

  /** @returns ids of the snapshots that are stored and wait to be registered, oldest first */
  storedIds(): string[] {
    return this.idsOf("stored");
  }

  /** @param id - of a snapshot @returns the job while it waits to be stored or registered; else `undefined`, also when its file is damaged */
  read(id: string): SnapshotJob | undefined {
    return this.parse(id, "job") ?? this.parse(id, "stored");
  }

  /** @param id - of a snapshot @returns the job if it was given up, with the reason; else `undefined` */
  readGivenUp(id: string): SnapshotJob | undefined {
    return this.parse(id, "given-up") ?? this.parse(id, "given-up.told");
  }

  /** The archive is in the storage. @param job - with the facts of it */
  store(job: SnapshotJob): void {
    this.save(job);
    this.move(job.id, "job", "stored");
  }

  /** The snapshot is registered; its facts are kept for the retention. @param id - of a stored snapshot */
  finish(id: string): void {
    this.move(id, "stored", "registered");
  }

  /** @returns ids of the snapshots that were given up and are to be told to the platform, oldest first */
  givenUpIds(): string[] {
    return this.idsOf("given-up");
  }

  /** The platform knows that it was given up. @param id - of a snapshot that was */
  told(id: string): void {
    this.move(id, "given-up", "given-up.told");
  }

  /** The snapshot's files never came: it is put aside. @param job - waiting, with the reason */
  giveUp(job: SnapshotJob): void {
    this.save(job);
    this.move(job.id, "job", "given-up");
  }

  /** @returns the registered snapshots, oldest first */
  registered(): SnapshotJob[] {
    return this.idsOf("registered").flatMap((id) => this.parse(id, "registered") ?? []);
  }

  /** @returns how many snapshots did not come to their end */
  counts(): SnapshotCounts {
    const countOf = (state: JobState) => this.idsOf(state).length;
    return { waiting: countOf("job"), unregistered: countOf("stored"), givenUp: countOf("given-up") + countOf("given-up.told") };
  }

  /** @returns whether a snapshot waits for something */
  isWorkLeft(): boolean {
    return this.waitingIds().length + this.storedIds().length + this.givenUpIds().length > 0;
  }

  /** Forgets a registered snapshot whose archive was deleted from the storage. @param id - of the snapshot */
  forget(id: string): void {
    rmSync(this.pathOf(id, "registered"), { force: true });
  }

  private pathOf(id: string, state: JobState): string {
    return join(this.folder, `${id}.${state}.json`);
  }

  private move(id: string, from: JobState, to: JobState): void {
    renameSync(this.pathOf(id, from), this.pathOf(id, to));
  }

  private idsOf(state: JobState): string[] {
    const ending = `.${state}.json`;
    return this.names()
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .toSorted();
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  private parse(id: string, state: JobState): SnapshotJob | undefined {
    try {
      return JSON.parse(readFileSync(this.pathOf(id, state), "utf8")) as SnapshotJob;
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
