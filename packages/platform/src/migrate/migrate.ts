import { PlatformError } from "../error.js";
import type { CopiedStore } from "../store/state/adopt.js";
import { type Copied, copyInstance } from "./copy-instance.js";
import { copyNamed, differenceOf, namedIn } from "./copy-named.js";
import { digestOf } from "./digest.js";
import type { End } from "./ends.js";

/** How far a copy is. */
export interface Progress extends Copied {
  phase: "copies" | "compares";
  /** Instances of the source. */
  of: number;
}

/** Instances that are copied at once. */
const AT_ONCE = 8;

/**
 * Copies a store to another, and compares both: every point, every byte of logs, everything else. A copy that was broken off goes on where it ended; until it is
 * whole no platform starts on it.
 *
 * @param onProgress - called often
 * @returns what was copied, and how much both have
 * @throws PlatformError `conflict` where the target has what the source has not; `store_damaged` where the source cannot be read, or both differ at the end
 */
export async function migrate(source: CopiedStore, target: End, onProgress: (progress: Progress) => void): Promise<Progress> {
  const ids = await idsOf(source);
  const known = new Set(ids);
  const there = await idsOf(target.store);
  const other = there.find((id) => !known.has(id));
  if (other !== undefined) {
    const message = `The target is not empty: it has an instance ${other}, which the source does not have. Name a target that is empty; nothing of it was changed.`;
    throw new PlatformError("conflict", message);
  }
  // One that has something is as an earlier try has left it, or a platform's that is to stay one.
  if (there.length === 0) await target.mark(true);
  const copied: Progress = { phase: "copies", instances: 0, points: 0, logBytes: 0, of: ids.length };
  await several(ids, async (id) => {
    await copyInstance(source, target.store, id, copied);
    onProgress(copied);
  });
  await copyNamed(source, target);
  const compared: Progress = { phase: "compares", instances: 0, points: 0, logBytes: 0, of: ids.length };
  await several(ids, async (id) => {
    const [wanted, found] = await Promise.all([digestOf(source, id), digestOf(target.store, id)]);
    if (wanted.sha256 !== found.sha256) {
      throw differs(
        `instance ${id} has ${wanted.points} points and ${wanted.logBytes} bytes of log, in the target ${found.points} and ${found.logBytes}, or others`,
      );
    }
    compared.instances++;
    compared.points += found.points;
    compared.logBytes += found.logBytes;
    onProgress(compared);
  });
  const difference = differenceOf(await namedIn(source), await namedIn(target.store));
  if (difference !== undefined) throw differs(difference);
  await target.mark(false);
  return compared;
}

function differs(what: string): PlatformError {
  const message = `Source and target differ: ${what}. Nothing may write to either meanwhile; do it again, to an empty target where it stays so.`;
  return new PlatformError("store_damaged", message);
}

async function several(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  const left = ids.values();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const id of left) {
      if (hasFailed) return;
      await work(id).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function idsOf(store: CopiedStore): Promise<string[]> {
  const ids: string[] = [];
  const sort = { field: { kind: "fact", name: "id" }, isDown: false } as const;
  for await (const block of store.listAll({ terms: [], sort, lostBeforeMs: 0, metrics: [] })) for (const { id } of block) ids.push(id);
  return ids;
}
