import type { Storage } from "../storage/storage.js";
import type { SnapshotJob } from "./job.js";
import type { JobFolder } from "./job-folder.js";

/** Which stored snapshots of an instance are kept; absent: all. */
export interface RetentionPolicy {
  /** The newest ones. */
  keepLast?: number;
  /** The best ones by a metric, as it was when the snapshot was taken. */
  keepBest?: { metric: string; count: number; mode: "min" | "max" };
}

/**
 * Chooses the registered snapshots that the policy does not keep. The newest is always kept.
 *
 * @param registered - oldest first
 * @param policy - what to keep; both rules keep
 * @returns those to delete
 */
function superfluousSnapshots(registered: readonly SnapshotJob[], policy: RetentionPolicy): SnapshotJob[] {
  if (policy.keepLast === undefined && policy.keepBest === undefined) return [];
  // Models of the user's own are neither counted nor deleted.
  const snapshots = registered.filter((job) => job.kind === "snapshot");
  const kept = new Set(snapshots.slice(-Math.max(1, policy.keepLast ?? 1)));
  const best = policy.keepBest;
  if (best) {
    const sign = best.mode === "min" ? 1 : -1;
    const measured = snapshots.filter((job) => Number.isFinite(valueOf(job, best.metric)));
    const ranked = measured.toSorted((a, b) => sign * (valueOf(a, best.metric) - valueOf(b, best.metric)));
    for (const job of ranked.slice(0, best.count)) kept.add(job);
  }
  return snapshots.filter((job) => !kept.has(job));
}

/**
 * Deletes from the storage what the policy does not keep. What is deleted was stored and registered before, and so was a newer one.
 *
 * @param jobs - snapshots of the run
 * @param storage - where their archives are
 * @param policy - what to keep
 */
export async function applyRetention(jobs: JobFolder, storage: Storage, policy: RetentionPolicy): Promise<void> {
  const registered = jobs.registered();
  const superfluous = superfluousSnapshots(registered, policy);
  // An older SDK stored the snapshots of one model under one key: the archive is the newest one's.
  const keptKeys = new Set(registered.filter((job) => !superfluous.includes(job)).map(({ key }) => key));
  for (const { id, key } of superfluous) {
    if (key !== undefined && !keptKeys.has(key)) await storage.delete(key);
    jobs.forget(id);
  }
}

function valueOf({ trainingRef }: SnapshotJob, metric: string): number {
  const values = trainingRef["metrics"] as Record<string, unknown> | undefined;
  return Number(values?.[metric] ?? Number.NaN);
}
