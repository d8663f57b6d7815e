import { useEffect, useEffectEvent, useRef, useState } from "react";
import { type LogPartQuery, loadLogs } from "../api/logs.js";
import { ApiError } from "../api/request.js";
import type { InstanceView } from "../view-state/instance-view.js";
import type { ChangeView } from "../view-state/use-view.js";
import { lineOfValue } from "./line-of-value.js";

/** As much of the log is read as may have been printed in one moment. */
const RECORD_BYTES = 65_536;
/** Wait before what failed is tried again, in milliseconds. */
const RETRY_MS = 3000;

/**
 * Finds places of a log that are not known by their offset: lines by their number, and what was printed at a time that the URL names.
 *
 * @param instance - id
 * @param view - its `logTime`, and `logValue` at that time, become an offset
 * @param change - of the view
 * @returns what goes to a line, and why a place could not be found
 */
export function useLogPlace(
  instance: string,
  view: InstanceView,
  change: ChangeView<InstanceView>,
): { goToLine: (line: number) => void; error: Error | undefined } {
  const { logTime, logValue } = view;
  const [error, setError] = useState<Error>();
  const asking = useRef(new AbortController());
  const find = useEffectEvent(async (part: LogPartQuery): Promise<void> => {
    asking.current.abort();
    const abort = new AbortController();
    asking.current = abort;
    try {
      const answer = await loadLogs(instance, { ...part, limit: RECORD_BYTES, times: "1" }, abort.signal);
      if (abort.signal.aborted) return;
      setError(undefined);
      const isSaid = part.time !== undefined && logValue !== undefined;
      change({ logFrom: isSaid ? lineOfValue(answer, logValue) : answer.offset, logTime: undefined, logValue: undefined });
    } catch (failure) {
      if (abort.signal.aborted) return;
      setError(failure as Error);
      if (failure instanceof ApiError && failure.code === "unreachable")
        setTimeout(() => abort.signal.aborted || void find(part), RETRY_MS);
    }
  });
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
