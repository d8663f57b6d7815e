import type { LogHit } from "ava-protocol";
import { useEffect, useState } from "react";
import { searchLogs } from "../api/logs.js";

/** Places of a text in a log, as far as they were asked for. */
export interface LogHits {
  hits: readonly LogHit[];
  /** Where the search goes on; absent when the end of the log was reached. */
  nextOffset: number | undefined;
  isLoading: boolean;
  error: Error | undefined;
  more: () => void;
}

interface Found {
  key: string;
  hits: readonly LogHit[];
  nextOffset: number | undefined;
  error: Error | undefined;
}

/** Wait before a search that failed is tried again, in milliseconds. */
const RETRY_MS = 3000;

/**
 * Searches a log on the platform, a page of hits at a time.
 *
 * @param instance - id
 * @param search - text as it is; empty for nothing
 * @returns the hits so far
 */
export function useLogHits(instance: string, search: string): LogHits {
  const key = JSON.stringify([instance, search]);
  const [found, setFound] = useState<Found>();
  const [ask, setAsk] = useState({ key, from: 0, round: 0 });
  const own = found?.key === key ? found : undefined;
  const from = ask.key === key ? ask.from : 0;
  const round = ask.key === key ? ask.round : 0;
  useEffect(() => {
    if (search === "") return;
    const abort = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    searchLogs(instance, search, from, abort.signal).then(
      ({ hits, nextOffset }) =>
        setFound((old) => ({ key, hits: [...(from > 0 && old?.key === key ? old.hits : []), ...hits], nextOffset, error: undefined })),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setFound((old) => ({ ...(old?.key === key ? old : { key, hits: [], nextOffset: undefined }), error: error as Error }));
        retry = setTimeout(() => setAsk({ key, from, round: round + 1 }), RETRY_MS);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(retry);
    };
  }, [instance, search, key, from, round]);
  return {
    hits: own?.hits ?? [],
    nextOffset: own?.nextOffset,
    isLoading: search !== "" && (own === undefined || (own.error === undefined && own.nextOffset === from && from > 0)),
    error: own?.error,
    more: () => own?.nextOffset !== undefined && setAsk({ key, from: own.nextOffset, round: 0 }),
  };
}
