import { asObject } from "../body.js";
import type { RouteContext, RunRecord, RunView } from "../ports.js";
import { print64 } from "../print.js";
import { nsOfMs } from "../seconds.js";
import { flatten, numberOf } from "../values.js";
import type { Call } from "./call.js";
import { openRun, runOf, TRACKIO } from "./run.js";

/** Records of one run, beside what tells repeats: the client gives each entry an id, and sends it again until it is answered. */
interface Logged {
  records: RunRecord[];
  prints: bigint[];
}

/** Metrics and config: `bulk_log`. @param call - its arguments @param context - of the request */
export async function logMetrics(call: Call, context: RouteContext): Promise<null> {
  return logEach(call, context, (entry, index, logged) => {
    const step = numberOf(entry["step"]) ?? 0;
    const timeMs = timeMsOf(entry);
    const time = { timeNs: nsOfMs(timeMs ?? Date.now()), ...(timeMs === undefined ? { made: "time" as const } : {}) };
    addPoints(entry, { step, ...time, prefix: "", labels: {} }, logged);
    const members = entry["config"] ? call.configOf(index) : new Map<string, string>();
    if (members.size === 0) return;
    logged.records.push({ kind: "params", within: [], members });
    logged.prints.push(printOf(entry, "config"));
  });
}

/** Metrics of the machine: `bulk_log_system`. Their step are seconds since the run was opened. */
export async function logSystem(call: Call, context: RouteContext): Promise<null> {
  return logEach(call, context, (entry, _, logged, startMs) => {
    const timeMs = timeMsOf(entry) ?? Date.now();
    const place = { step: Math.max(0, timeMs - startMs) / 1000, timeNs: nsOfMs(timeMs) };
    addPoints(entry, { ...place, prefix: "system/", labels: { source: TRACKIO } }, logged);
  });
}

/** Alerts are counted: `bulk_alert`. */
export async function logAlerts(call: Call, context: RouteContext): Promise<null> {
  return logEach({ ...call, kwargs: { logs: call.kwargs["alerts"] } }, context, (entry, _, logged) => {
    addPassedOver(entry, "alerts", 1, logged);
  });
}

type AddEntry = (entry: Readonly<Record<string, unknown>>, index: number, logged: Logged, startMs: number) => void;

async function logEach({ kwargs }: Call, { sink, read }: RouteContext, add: AddEntry): Promise<null> {
  const logs = Array.isArray(kwargs["logs"]) ? kwargs["logs"] : [];
  const byId = new Map<string, Logged>();
  const opened = new Map<string, RunView>();
  for (const [index, item] of logs.entries()) {
    const run = runOf(item);
    const name = JSON.stringify(run);
    const view = opened.get(name) ?? (await openRun(run, sink, read));
    opened.set(name, view);
    const { id, facts } = view;
    const logged = byId.get(id) ?? { records: [], prints: [] };
    byId.set(id, logged);
    add(asObject(item) ?? {}, index, logged, Date.parse(facts.startTime ?? "") || 0);
  }
  for (const [id, { records, prints }] of byId) await sink.append(id, records, { prints });
  return null;
}

interface Place {
  step: number;
  timeNs: bigint;
  made?: "time";
  prefix: string;
  labels: Record<string, string>;
}

/** Entries that the client could not send at once have a time. */
function timeMsOf({ timestamp }: Readonly<Record<string, unknown>>): number | undefined {
  return (typeof timestamp === "string" && Date.parse(timestamp)) || undefined;
}

function addPoints(entry: Readonly<Record<string, unknown>>, { prefix, labels, ...place }: Place, logged: Logged): void {
  const { values, passedOver } = flatten(asObject(entry["metrics"]) ?? {});
  for (const [what, count] of passedOver) addPassedOver(entry, what, count, logged);
  if (values.size === 0) return;
  const series = [...values.keys()].map((name) => ({ name: prefix + name, labels }));
  logged.records.push({ kind: "points", series, ...place, values: [...values.values()] });
  logged.prints.push(printOf(entry, "metrics"));
}

function addPassedOver(entry: Readonly<Record<string, unknown>>, what: string, count: number, logged: Logged): void {
  logged.records.push({ kind: "passedOver", what, count });
  logged.prints.push(printOf(entry, what));
}

/** Clients before 0.20 give no id: their entries are told by what they hold. */
function printOf(entry: Readonly<Record<string, unknown>>, what: string): bigint {
  const { log_id } = entry;
  return print64(typeof log_id === "string" ? `${what} ${log_id}` : `${what} ${JSON.stringify(entry)}`);
}
