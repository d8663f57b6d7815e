import type { InstanceRow, InstanceSummary } from "ava-protocol";

const TIME_COLUMNS = ["startTime", "stopTime", "heartbeatTime"] as const;

/** Columns that every row needs: for its times, and what people say of it. */
export const LIST_COLUMNS: readonly string[] = [...TIME_COLUMNS, "tag", "note"];

/** The times of a run, in milliseconds since 1970. */
export interface RunTimes {
  startMs: number | undefined;
  /** Absent while it runs; of a lost one when it was last heard. */
  endMs: number | undefined;
}

/**
 * @param row - with the columns {@link LIST_COLUMNS}
 * @returns its times
 */
export function timesOf({ state, values }: InstanceRow): RunTimes {
  const time = (name: (typeof TIME_COLUMNS)[number]): { [name: string]: string } =>
    typeof values[name] === "string" ? { [name]: values[name] } : {};
  const startTime = values["startTime"];
  return {
    startMs: typeof startTime === "string" ? Date.parse(startTime) : undefined,
    endMs: endOf({ state, ...time("stopTime"), ...time("heartbeatTime") }),
  };
}

/**
 * @param instance - from the API
 * @returns when it ended, for a lost one when it was last heard; absent while it runs
 */
export function endOf(instance: Pick<InstanceSummary, "state" | "stopTime" | "heartbeatTime">): number | undefined {
  if (instance.state === "running") return undefined;
  const time = instance.stopTime ?? instance.heartbeatTime;
  return time === undefined ? undefined : Date.parse(time);
}
