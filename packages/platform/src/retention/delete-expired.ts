import { counted } from "../counted.js";
import { PlatformError } from "../error.js";
import { type Clock, lostBeforeMs } from "../query/instances.js";
import type { InstanceHead } from "../store/contract/instance.js";
import type { Field, Term } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";

const DAY_MS = 24 * 3_600_000;

/** A run with this tag stays, however old it is. */
const KEEP_TAG = "keep";

const HEARTBEAT: Field = { kind: "fact", name: "heartbeatTime" };

/**
 * Deletes runs that were not heard for as many days as their training keeps them; they can be restored for seven days like any other. A live run, one with the tag
 * `keep` and one that a registered model comes from stay.
 *
 * @param tell - told of each training of which runs were deleted
 */
export async function deleteExpired(store: Store, clock: Clock, tell: (sentence: string) => void): Promise<void> {
  for (const { name } of await store.trainings(lostBeforeMs(clock))) {
    // What was told of a deleted training, its days too, holds no more.
    const training = await store.training(name).catch(ignoreGone);
    const days = training?.retentionDays ?? 0;
    if (days === 0) continue;
    const deleted = await deleteOf(store, name, clock, days);
    if (deleted > 0)
      tell(
        `${counted(deleted, `run of the training ${name} was`, `runs of the training ${name} were`)} deleted, not heard for ${counted(days, "day")}. Restoring is possible for seven days.`,
      );
  }
}

async function deleteOf(store: Store, training: string, clock: Clock, days: number): Promise<number> {
  const beforeMs = Math.min(clock.now() - days * DAY_MS, lostBeforeMs(clock));
  const terms: Term[] = [
    { field: { kind: "fact", name: "training" }, oneOf: [training] },
    { field: HEARTBEAT, operator: "<", operand: { text: new Date(beforeMs).toISOString(), number: beforeMs } },
  ];
  let deleted = 0;
  const query = { terms, sort: { field: HEARTBEAT, isDown: false }, lostBeforeMs: lostBeforeMs(clock), metrics: [] };
  for await (const block of store.listAll(query)) {
    // One after the other: those who log come between.
    for (const instance of block) if (await deleteOne(store, instance, beforeMs)) deleted++;
  }
  return deleted;
}

async function deleteOne(store: Store, { id, facts }: InstanceHead, beforeMs: number): Promise<boolean> {
  if (facts.tags?.includes(KEEP_TAG) === true || (await store.models({ instance: id })).length > 0) return false;
  // It may have been heard since the list was made.
  const now = await store.instance(id).catch(ignoreGone);
  if (now === undefined || now.heartbeatMs >= beforeMs || now.damage.length > 0) return false;
  await store.deleteInstance(id).catch(ignoreGone);
  return true;
}

/** Another replica may have been faster. */
function ignoreGone(error: unknown): undefined {
  if (error instanceof PlatformError && (error.code === "deleted" || error.code === "not_found")) return undefined;
  throw error;
}
