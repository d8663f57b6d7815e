import { type InstanceDetail, type LiveChange, seriesKey } from "ava-protocol";
import { useMemo, useState } from "react";
import { loadInstance } from "../../api/instances.js";
import { platformNow } from "../../api/platform-clock.js";
import { useResource } from "../../api/use-resource.js";
import { createGrowth, type Growth } from "../../charts/growth.js";
import { useEvery } from "../../live/use-every.js";
import { useLiveChanges } from "../../live/use-live.js";

/** A heartbeat without news is not told as a live change, so the page asks when a quiet run was last heard. */
const HEARTBEAT_MS = 10_000;

/** What live changes alone tell of an instance. */
interface Heard {
  logBytes: number;
  /** When points or a log came last, in milliseconds since 1970. */
  timeMs: number;
}

/**
 * Keeps what is known of an instance fresh. All of it is asked for when its facts changed or a series is new; growth of series and log comes with the live
 * changes themselves, and the charts that are in view ask for what grew.
 *
 * @param id - of the instance
 * @returns the instance once it is there, how far its series have grown, what went wrong, and a way to ask again
 */
export function useInstance(id: string): { instance?: InstanceDetail; growth: Growth; error: Error | undefined; reload: () => void } {
  const { value, error, reload } = useResource(id, (signal) => loadInstance(id, signal));
  const [growth] = useState(() => createGrowth());
  const [heard, setHeard] = useState<Heard>({ logBytes: 0, timeMs: 0 });
  const known = useMemo(() => new Set(value?.series.map(({ name, labels }) => seriesKey(name, labels))), [value]);

  useLiveChanges(
    ({ instance }) => instance === id,
    (changes) => {
      if (changes === "missed") {
        reload();
        return;
      }
      growth.take(changes);
      const grown = changes.filter(({ series, logBytes }) => series !== undefined || logBytes !== undefined);
      setHeard(({ logBytes, timeMs }) => ({
        logBytes: Math.max(logBytes, ...grown.map((change) => change.logBytes ?? 0)),
        timeMs: grown.length > 0 ? platformNow() : timeMs,
      }));
      if (changes.some((change) => needsFacts(change, known))) reload();
    },
  );
  useEvery(HEARTBEAT_MS, value?.state === "running" && error === undefined, () => {
    if (platformNow() - heard.timeMs >= HEARTBEAT_MS) reload();
  });

  const instance = useMemo(() => value && withHeard(value, heard), [value, heard]);
  return { ...(instance === undefined ? {} : { instance }), growth, error, reload };
}

function needsFacts({ facts, series = [] }: LiveChange, known: ReadonlySet<string>): boolean {
  return facts === true || series.some((key) => !known.has(key));
}

function withHeard(instance: InstanceDetail, { logBytes, timeMs }: Heard): InstanceDetail {
  const toldMs = Date.parse(instance.heartbeatTime ?? "") || 0;
  return {
    ...instance,
    logBytes: Math.max(instance.logBytes, logBytes),
    // What people say of a run, and points that a rule finds in its log, are not signs of life.
    ...(instance.state === "running" && timeMs > toldMs ? { heartbeatTime: new Date(timeMs).toISOString() } : {}),
  };
}
