import { useEffect, useEffectEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { loadLogs } from "../api/logs.js";
import { type LogSession, openLogSession } from "./log-session.js";
import type { LogShown } from "./log-window.js";

/** A log as it is shown. */
export interface Log {
  /** Once there is an answer. */
  shown: LogShown | undefined;
  error: Error | undefined;
  read: LogSession["read"];
}

/**
 * Keeps what is shown of a log fresh.
 *
 * @param instance - id
 * @param sizeBytes - of the log as far as known
 * @param at - place to show; absent for its end
 * @param onChange - called right before the page gets other lines
 * @returns what is shown, what went wrong last, and what reads on
 */
export function useLog(instance: string, sizeBytes: number, at: number | undefined, onChange: () => void): Log {
  const [state, setState] = useState<Pick<Log, "shown" | "error">>({ shown: undefined, error: undefined });
  const session = useRef<LogSession>(undefined);
  const beforeChange = useEffectEvent(onChange);
  useEffect(() => {
    const abort = new AbortController();
    const opened = openLogSession(
      (part) => loadLogs(instance, part, abort.signal),
      (shown, error) => {
        beforeChange();
        // At once: what the reader scrolls between the two would be undone.
        flushSync(() => setState({ shown, error }));
      },
    );
    session.current = opened;
    return () => {
      opened.close();
      abort.abort();
    };
  }, [instance]);
  useEffect(() => session.current!.goTo(at), [instance, at]);
  useEffect(() => session.current!.grow(sizeBytes), [instance, sizeBytes]);
  return { ...state, read: (direction) => session.current?.read(direction) };
}
