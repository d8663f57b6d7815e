import type { LiveChange } from "ava-protocol";
import { createContext, useContext, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { coalesce } from "./coalesce.js";
import type { LiveConnection } from "./connection.js";
import type { LiveState } from "./stream.js";

/** The live connection of the page; absent before the login. */
export const LiveContext: React.Context<LiveConnection | undefined> = createContext<LiveConnection | undefined>(undefined);

/** One refetch a second is what an eye can follow; lists, which are larger, take two. */
const REFETCH_INTERVAL_MS = 1000;
/** Shortest time between two refetches of a list. */
export const LIST_INTERVAL_MS = 2000;
const noListening = (): (() => void) => () => {};

/** @returns the state of the live connection, for the page to show */
export function useLiveState(): LiveState {
  const live = useContext(LiveContext);
  return useSyncExternalStore(live?.onState ?? noListening, () => live?.state() ?? "connecting");
}

/**
 * Gathers the changes that concern the caller and hands them over, at most once in a while.
 *
 * @param concerns - whether a change concerns the caller
 * @param take - gets the changes since it was called last; none when some were missed, so that anything may have changed
 * @param intervalMs - shortest time between two calls
 */
export function useLiveChanges(
  concerns: (change: LiveChange) => boolean,
  take: (changes: readonly LiveChange[] | "missed") => void,
  intervalMs: number = REFETCH_INTERVAL_MS,
): void {
  const live = useContext(LiveContext);
  const isConcerned = useEffectEvent(concerns);
  const hand = useEffectEvent(take);
  useEffect(() => {
    if (live === undefined) return;
    let changes: LiveChange[] = [];
    let isMissed = false;
    const coalesced = coalesce(() => {
      const taken = isMissed ? "missed" : changes;
      changes = [];
      isMissed = false;
      hand(taken);
    }, intervalMs);
    const ends = [
      live.onChange((change) => {
        if (!isConcerned(change)) return;
        changes.push(change);
        coalesced.request();
      }),
      live.onCatchUp(() => {
        isMissed = true;
        coalesced.request();
      }),
    ];
    return () => {
      for (const end of ends) end();
      coalesced.close();
    };
  }, [live, intervalMs]);
}

/**
 * Runs `refetch` when something that concerns the caller changed, and once after a broken connection came back.
 *
 * @param concerns - whether a change concerns the caller
 * @param refetch - asks the API again
 * @param intervalMs - shortest time between two refetches
 */
export function useLiveRefetch(
  concerns: (change: LiveChange) => boolean,
  refetch: () => void,
  intervalMs: number = REFETCH_INTERVAL_MS,
): void {
  useLiveChanges(concerns, refetch, intervalMs);
}
