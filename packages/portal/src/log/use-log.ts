import { useEffect, useRef, useState } from "react";
import { loadLogs } from "../api/logs.js";
import { createLogReader, type LogPart, type LogReader } from "./log-reader.js";

/** Wait before what failed is tried again, in milliseconds. */
const RETRY_MS = 3000;

/**
 * Keeps a log as fresh as its known size says.
 *
 * @param instance - id
 * @param sizeBytes - of the log as far as known; reading goes on when it grows
 * @param fromBytes - where to start; absent to follow the end
 * @returns what is shown, once there is an answer, and what went wrong last
 */
export function useLog(
  instance: string,
  sizeBytes: number,
  fromBytes: number | undefined,
): { part: LogPart | undefined; error: Error | undefined } {
  const [shown, setShown] = useState<{ part?: LogPart; error?: Error }>({});
  const reading = useRef<{ reader: LogReader; sizeBytes: number; isBusy: boolean; isClosed: boolean }>(undefined);

  useEffect(() => {
    const abort = new AbortController();
    const own = {
      reader: createLogReader((part) => loadLogs(instance, part, abort.signal), fromBytes),
      sizeBytes: -1,
      isBusy: false,
      isClosed: false,
    };
    reading.current = own;
    return () => {
      own.isClosed = true;
      abort.abort();
    };
  }, [instance, fromBytes]);

  useEffect(() => {
    const own = reading.current!;
    const wasKnown = own.sizeBytes === sizeBytes;
    own.sizeBytes = sizeBytes;
    if (own.isBusy || wasKnown) return;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      if (own.isBusy) return;
      own.isBusy = true;
      try {
        // A log that grew while it was read is read on at once.
        for (let before = -1; before !== own.sizeBytes && !own.isClosed; ) {
          before = own.sizeBytes;
          const part = await own.reader.read();
          if (!own.isClosed) setShown({ part });
        }
      } catch (error) {
        if (!own.isClosed) {
          setShown((old) => ({ ...old, error: error as Error }));
          retry = setTimeout(() => void read(), RETRY_MS);
        }
      }
      own.isBusy = false;
    };
    void read();
    return () => clearTimeout(retry);
  }, [instance, fromBytes, sizeBytes]);

  return { part: shown.part, error: shown.error };
}
