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
export function superfluousSnapshots(registered: readonly SnapshotJob[], policy: RetentionPolicy): SnapshotJob[] {
  if (policy.keepLast === undefined && policy.keepBest === undefined) return [];
  const kept = new Set(registered.slice(-Math.max(1, policy.keepLast ?? 1)));
  const best = policy.keepBest;
  if (best) {
    const sign = best.mode === "min" ? 1 : -1;
    const measured = registered.filter((job) => Number.isFinite(valueOf(job, best.metric)));
    const ranked = measured.toSorted((a, b) => sign * (valueOf(a, best.metric) - valueOf(b, best.metric)));
    for (const job of ranked.slice(0, best.count)) kept.add(job);
  }
  return registered.filter((job) => job.kind === "snapshot" && !kept.has(job));
}

/**
 * Deletes from the storage what the policy does not keep. What is deleted was stored and registered before, and so was a newer one.
 *
 * @param jobs - snapshots of the run
 * @param storage - where their archives are
 * @param policy - what to keep
 */
export async function applyRetention(jobs: JobFolder, storage: Storage, policy: RetentionPolicy): Promise<void> {
  for (const job of superfluousSnapshots(jobs.registered(), policy)) {
    await storage.delete(job.key);
    jobs.forget(job.id);
  }
}

function valueOf({ trainingRef }: SnapshotJob, metric: string): number {
  const values = trainingRef["metrics"] as Record<string, unknown> | undefined;
  return Number(values?.[metric] ?? Number.NaN);
}
