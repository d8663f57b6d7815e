import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AvaError } from "../place/error.js";
import type { Storage } from "../storage/storage.js";
import type { PutResult } from "../storage/transfer/stored-object.js";
import { tarFiles } from "./compress/compress.js";
import { fileState } from "./file-state.js";
import { archiveKey, type SnapshotJob } from "./job.js";
import type { JobFolder } from "./job-folder.js";
import type { SettleWatch } from "./settle.js";

/** What the work on a snapshot needs. */
export interface SnapshotWork {
  jobs: JobFolder;
  /** Where archives are made; removed when they are stored. */
  temporaryFolder: string;
  storage: Storage;
  settle: SettleWatch;
  /** Whether the run has ended: files that are missing then will not come. */
  isRunOver: () => boolean;
  signal?: AbortSignal;
  /** Bytes of an archive have moved. */
  onProgress?: () => void;
}

/** What became of a try. */
export type StoreResult =
  | { kind: "stored"; job: SnapshotJob }
  /** Its archive waits for the upload. */
  | { kind: "packed" }
  /** Its files may still grow, or come. */
  | { kind: "waits" }
  /** `isAway`: the storage cannot be reached. */
  | { kind: "failed"; reason: string; isAway: boolean }
  /** No later try can do better; the job is kept aside. */
  | { kind: "given_up"; reason: string };

/** Times that an archive is made anew because its files changed meanwhile. */
const MOST_PACKINGS = 3;

/** Failures of the way to a storage, and not of what goes there. */
const AWAY: ReadonlySet<string> = new Set(["CONNECT_FAILED", "CONNECT_TIMEOUT", "CONNECTION_LOST", "IDLE_TIMEOUT", "REQUEST_TIMEOUT"]);

/** @param id - of a waiting snapshot @param work - folders @returns whether its archive waits for the upload */
export function isPacked(id: string, { jobs, temporaryFolder }: SnapshotWork): boolean {
  const job = jobs.read(id);
  return job !== undefined && existsSync(archiveOf(job, temporaryFolder));
}

/**
 * Packs one snapshot if its files are complete: to where the archive stays, if the storage lets us, else to the scratch folder, where it lies until it is
 * uploaded, also when the training has cleaned its files away since. Files of the training are only read.
 *
 * @param job - a waiting snapshot
 * @param work - storage, folders
 * @returns what became of it; never waits for files, never rejects
 */
export function packJob(job: SnapshotJob, work: SnapshotWork): Promise<StoreResult> {
  return asResult(async () => {
    if (job.stored) return moveOn(job, work);
    const ready = await readyFiles(job, work);
    if (ready === "waits") return { kind: ready };
    if (ready.files.length === 0) {
      const reason = `nothing of it is there: ${ready.leftOut.join(", ")}`;
      work.jobs.giveUp({ ...job, reason });
      return { kind: "given_up", reason };
    }
    const packed = ready.leftOut.length > 0 ? { ...job, leftOut: ready.leftOut } : job;
    const pack = (path: string) => packUnchanged(ready.files, job.format, path);
    if (work.storage.putMade) return moveOn(await stored(packed, work.storage.putMade(archiveKey(job), pack)), work);
    if (packed.leftOut) work.jobs.save(packed);
    await pack(archiveOf(job, work.temporaryFolder));
    return { kind: "packed" };
  });
}

/**
 * Uploads the archive of one snapshot and verifies it.
 *
 * @param job - a waiting snapshot that is packed
 * @param work - storage, folders
 * @returns what became of it; never rejects
 */
export function uploadJob(job: SnapshotJob, work: SnapshotWork): Promise<StoreResult> {
  return asResult(async () => {
    const archive = archiveOf(job, work.temporaryFolder);
    const { signal, onProgress } = work;
    const options = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
    const moved = moveOn(await stored(job, work.storage.put(archive, archiveKey(job), options)), work);
    await rm(archive, { force: true });
    return moved;
  });
}

async function asResult(work: () => Promise<StoreResult>): Promise<StoreResult> {
  try {
    return await work();
  } catch (error) {
    const isAway = error instanceof AvaError && AWAY.has(error.code);
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error), isAway };
  }
}

function archiveOf({ id, format }: SnapshotJob, temporaryFolder: string): string {
  return join(temporaryFolder, `${id}.${format}`);
}

async function stored(job: SnapshotJob, putting: Promise<PutResult>): Promise<SnapshotJob> {
  const { key, url, hash, bytes } = await putting;
  return { ...job, key, stored: { url, hash, bytes, time: new Date().toISOString() } };
}

function moveOn(job: SnapshotJob, work: SnapshotWork): StoreResult {
  work.jobs.store(job);
  work.settle.forget(job.files);
  return { kind: "stored", job };
}

/** Files that were deleted meanwhile, as trainers do that keep only their newest, do not take the rest of the snapshot with them. */
async function readyFiles({ files }: SnapshotJob, work: SnapshotWork): Promise<"waits" | { files: string[]; leftOut: string[] }> {
  // Asked before the look: what is written before the end is seen then.
  const isOver = work.isRunOver();
  const { missing, changing, gone, special } = await work.settle.look(files);
  if (changing.length > 0 || (missing.length > 0 && !isOver)) return "waits";
  const leftOut = [
    ...missing.map((file) => `${file} is missing at the end of the run`),
    ...gone.map((file) => `${file} is missing`),
    ...special.map((file) => `${file} is not a regular file`),
  ];
  const without = new Set([...missing, ...gone, ...special]);
  return { files: files.filter((file) => !without.has(file)), leftOut };
}

/** The archive has its name only when its files were the same before and after. */
async function packUnchanged(files: readonly string[], format: SnapshotJob["format"], archive: string): Promise<void> {
  const unchecked = `${archive}.unchecked`;
  try {
    for (let packing = 1; packing <= MOST_PACKINGS; packing++) {
      const before = await fingerprint(files);
      await tarFiles(files, unchecked, format === "tar.zst" ? { zstd: true } : { level: 1 });
      if ((await fingerprint(files)) === before) return await rename(unchecked, archive);
    }
  } finally {
    await rm(unchecked, { force: true });
  }
  throw new Error(`files changed while they were packed, ${MOST_PACKINGS} times: ${files.join(", ")}`);
}

async function fingerprint(files: readonly string[]): Promise<string> {
  const states = await Promise.all(files.map((file) => fileState(file)));
  return states.map((state) => (typeof state === "string" ? state : state.text)).join("\n");
}
