import { existsSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { tarFiles } from "../compress/compress.js";
import type { PutResult, Storage } from "../storage/storage.js";
import type { SnapshotJob } from "./job.js";
import type { JobFolder } from "./job-folder.js";
import type { RegisterModel } from "./register-model.js";
import { type SettleOptions, waitUntilSettled } from "./settle.js";

/** What the work on a snapshot needs. */
export interface SnapshotWork {
  jobs: JobFolder;
  /** Where archives are made; removed when they are stored. */
  temporaryFolder: string;
  storage: Storage;
  register: RegisterModel;
  settle?: SettleOptions;
  /** Whether the run has ended: files that are missing then will not come. */
  isRunOver: () => boolean;
  signal?: AbortSignal;
}

/** What became of a try. */
export type JobResult =
  | { kind: "registered"; job: SnapshotJob }
  | { kind: "failed"; reason: string }
  /** No later try can do better; the job is kept aside. */
  | { kind: "given_up"; reason: string };

/** Times that an archive is made anew because its files changed meanwhile. */
const MOST_PACKINGS = 3;

/**
 * Brings one snapshot as far as it goes: waits until its files are complete, packs, uploads, verifies, registers. Each finished stage is kept, so
 * that a later try, also of another process, goes on there. Files of the training are only read.
 *
 * @param job - a waiting snapshot
 * @param work - storage, platform, folders
 * @returns what became of it; never rejects
 */
export async function processJob(job: SnapshotJob, work: SnapshotWork): Promise<JobResult> {
  try {
    const stored = job.stored ? job : await store(job, work);
    const refusal = await work.register(stored, work.signal);
    if (refusal !== undefined) return { kind: "failed", reason: refusal };
    work.jobs.finish(stored);
    return { kind: "registered", job: stored };
  } catch (error) {
    if (error instanceof FilesMissing) {
      work.jobs.giveUp(job);
      return { kind: "given_up", reason: error.message };
    }
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

class FilesMissing extends Error {}

async function store(job: SnapshotJob, work: SnapshotWork): Promise<SnapshotJob> {
  const archive = join(work.temporaryFolder, `${job.id}.${job.format}`);
  const { url, hash, bytes } = await put(job, archive, work);
  const stored = { ...job, stored: { url, hash, bytes, time: new Date().toISOString() } };
  work.jobs.save(stored);
  await rm(archive, { force: true });
  return stored;
}

/**
 * Packs to where the archive stays, if the storage lets us; else to the scratch folder, where it lies until it is stored: a later try goes on
 * with its upload, also when the training has cleaned its files away since.
 */
async function put(job: SnapshotJob, archive: string, work: SnapshotWork): Promise<PutResult> {
  const { storage, signal } = work;
  if (storage.putMade) {
    await settle(job, work);
    return storage.putMade(job.key, (path) => packUnchanged(job, path));
  }
  if (!existsSync(archive)) {
    await settle(job, work);
    await packUnchanged(job, archive);
  }
  return storage.put(archive, job.key, signal ? { signal } : {});
}

async function settle({ files }: SnapshotJob, work: SnapshotWork): Promise<void> {
  const options = { ...work.settle, isWriterGone: work.isRunOver, ...(work.signal ? { signal: work.signal } : {}) };
  const { missing, changing } = await waitUntilSettled(files, options);
  if (missing.length > 0 && work.isRunOver()) throw new FilesMissing(`the run has ended without these files: ${missing.join(", ")}`);
  if (missing.length + changing.length > 0) throw new Error(`files are not complete yet: ${[...missing, ...changing].join(", ")}`);
}

/** The archive has its name only when its files were the same before and after. */
async function packUnchanged({ files, format }: SnapshotJob, archive: string): Promise<void> {
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
  const facts = await Promise.all(files.map((file) => stat(file)));
  return facts.map(({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`).join("\n");
}
