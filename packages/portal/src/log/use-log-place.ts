import { useEffect, useEffectEvent, useRef, useState } from "react";
import { type LogPartQuery, loadLogs } from "../api/logs.js";
import type { InstanceView } from "../view-state/instance-view.js";
import type { ChangeView } from "../view-state/use-view.js";

/**
 * Finds places of a log that are not known by their offset: lines by their number, and what was printed at a time that the URL names.
 *
 * @param instance - id
 * @param view - its `logTime` becomes an offset
 * @param change - of the view
 * @returns what goes to a line, and why a place could not be found
 */
export function useLogPlace(
  instance: string,
  view: InstanceView,
  change: ChangeView<InstanceView>,
): { goToLine: (line: number) => void; error: Error | undefined } {
  const [error, setError] = useState<Error>();
  const asking = useRef(new AbortController());
  const find = useEffectEvent(async (part: LogPartQuery): Promise<void> => {
    asking.current.abort();
    const abort = new AbortController();
    asking.current = abort;
    try {
      const { offset } = await loadLogs(instance, { ...part, limit: 4 }, abort.signal);
      if (abort.signal.aborted) return;
      setError(undefined);
      change({ logFrom: offset, logTime: undefined });
    } catch (failure) {
      if (!abort.signal.aborted) setError(failure as Error);
    }
  });
  const { logTime } = view;
  useEffect(() => {
    if (logTime !== undefined) void find({ time: logTime });
  }, [instance, logTime]);
  useEffect(() => () => asking.current.abort(), []);
  const [line, setLine] = useState<{ number: number }>();
  useEffect(() => {
    if (line !== undefined) void find({ line: line.number });
  }, [line]);
  return { goToLine: (number) => setLine({ number }), error };
}
