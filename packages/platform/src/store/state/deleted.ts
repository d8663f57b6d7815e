import { PlatformError } from "../../error.js";
import type { Instance } from "./instance.js";

/** How long a deleted instance can be restored, in milliseconds: seven days. */
const RESTORABLE_MS: number = 7 * 24 * 3_600_000;

/** How much later it is removed for good, in milliseconds: who restores it at the last moment is not in a race. */
const GRACE_MS = 3_600_000;

/** How long after it was deleted it is removed for good, in milliseconds. */
export const REMOVED_AFTER_MS: number = RESTORABLE_MS + GRACE_MS;

/** @returns whether a deleted instance is to be removed for good */
export function isToBeRemoved({ deletedMs }: Pick<Instance, "deletedMs">, nowMs: number): boolean {
  return deletedMs !== undefined && nowMs > deletedMs + REMOVED_AFTER_MS;
}

/** @throws PlatformError `deleted` for an instance that cannot be restored any more */
export function refuseOld(instance: Pick<Instance, "id" | "deletedMs">, nowMs: number): void {
  if (instance.deletedMs !== undefined && nowMs >= instance.deletedMs + RESTORABLE_MS) refuseDeleted(instance);
}

/** @throws PlatformError `deleted` for an instance that was deleted */
export function refuseDeleted(instance: Pick<Instance, "id" | "deletedMs"> | undefined): void {
  if (instance?.deletedMs === undefined) return;
  const deleted = new Date(instance.deletedMs).toISOString();
  const restorableUntil = new Date(instance.deletedMs + RESTORABLE_MS).toISOString();
  const message = `The instance ${instance.id} was deleted at ${deleted}. It can be restored until ${restorableUntil}.`;
  throw new PlatformError("deleted", message, { restorableUntil });
}
