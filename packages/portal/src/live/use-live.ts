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
  const live = useContext(LiveContext);
  const isConcerned = useEffectEvent(concerns);
  const ask = useEffectEvent(refetch);
  useEffect(() => {
    if (live === undefined) return;
    const coalesced = coalesce(() => ask(), intervalMs);
    const ends = [
      live.onChange((change) => {
        if (isConcerned(change)) coalesced.request();
      }),
      live.onCatchUp(coalesced.request),
    ];
    return () => {
      for (const end of ends) end();
      coalesced.close();
    };
  }, [live, intervalMs]);
}
