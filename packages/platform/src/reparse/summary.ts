import type { ReparseSummary } from "ava-protocol";
import type { InstanceView } from "../store/contract/instance.js";
import type { Reparse } from "../store/contract/reparse.js";

/**
 * @param view - of an instance
 * @param isBusy - one of its reparses is at work
 * @returns its reparses, as lists show them
 */
export function summarizeReparses({ reparses }: InstanceView, isBusy: boolean): ReparseSummary[] {
  return reparses.map((one) => summarize(one, isBusy));
}

function summarize({ n, startedMs, state, rules, parser, series, logBytes }: Reparse, isBusy: boolean): ReparseSummary {
  return {
    n,
    time: new Date(startedMs).toISOString(),
    state: state !== "adding" ? state : isBusy ? "running" : "unfinished",
    rules: [...rules],
    ...(parser === undefined ? {} : { parser }),
    points: series.reduce((sum, { points }) => sum + points, 0),
    series: [...series],
    logBytes,
  };
}
