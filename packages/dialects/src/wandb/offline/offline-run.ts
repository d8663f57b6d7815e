import type { InstanceFacts } from "ava-protocol";
import { displayName } from "../../names.js";
import type { RunKey, RunRecord } from "../../ports.js";
import { DamagedMessageError } from "../../protobuf/message-reader.js";
import { timeText } from "../../seconds.js";
import { eventsLine, historyLine, type Line } from "../history.js";
import { keyOf, OWN } from "../run.js";
import { summaryRecordsOf } from "../summary.js";
import { JsonTree } from "./json-tree.js";
import { type Item, type OfflineRecord, type OfflineRunFacts, readOfflineRecord } from "./offline-record.js";

/** Fields of records that are not kept, and what they are called. */
const NOT_KEPT: ReadonlyMap<number, string> = new Map([
  [8, "artifacts"],
  [10, "alerts"],
  [25, "artifacts"],
]);
const encoder = new TextEncoder();

/** Translates the records of one offline file; without I/O. */
export class OfflineRun {
  private run: OfflineRunFacts | undefined;
  private readonly summary = new JsonTree();
  private readonly steps = new Map<string, string>();
  /** Names of metrics, in the order in which they were defined. */
  private readonly metrics: string[] = [];
  private readonly series = new Set<string>();
  private lastNs = 0n;

  /** The run, once its record was there. */
  get key(): (RunKey & { run: string }) | undefined {
    return this.run && { ...keyOf(this.run.project, this.run.id), run: this.run.id };
  }

  /** Project as the client names it, once it was told. */
  get project(): string | undefined {
    return this.run?.project;
  }

  /** @param content - of a record @returns what it means */
  translate(content: Uint8Array): Line {
    try {
      const line = this.read(readOfflineRecord(content));
      for (const record of line.records) {
        if (record.kind !== "points") continue;
        for (const { name } of record.series) this.series.add(name);
        this.saw(record.timeNs);
      }
      return line;
    } catch (error) {
      if (!(error instanceof DamagedMessageError)) throw error;
      return { records: [], passedOver: new Map([["damaged records", 1]]) };
    }
  }

  /** @returns what the run said last of itself, behind all records */
  finish(): RunRecord[] {
    return summaryRecordsOf(this.summary.text(), this.series);
  }

  private read(record: OfflineRecord): Line {
    switch (record.kind) {
      case "run":
        return lineOf(this.begin(record.run));
      case "history":
        return historyLine(historyText(record.items, record.step), this.steps);
      case "stats":
        return eventsLine(this.statsText(record.items, record.seconds));
      case "config":
        return lineOf([...record.items.flatMap(configRecord), ...record.removed.flatMap((path) => paramRecord(path, undefined))]);
      case "summary":
        for (const item of record.items) this.summary.set(item);
        for (const path of record.removed) this.summary.remove(path);
        return lineOf([]);
      case "output":
        this.saw(record.timeNs);
        return lineOf([{ kind: "log", timeNs: record.timeNs, stream: record.stream, bytes: encoder.encode(record.text) }]);
      case "metric":
        this.define(record);
        return lineOf([]);
      case "exit":
        return lineOf([{ kind: "facts", facts: this.endFacts(record) }]);
      case "other": {
        const kind = NOT_KEPT.get(record.field);
        return { records: [], passedOver: new Map(kind === undefined ? [] : [[kind, 1]]) };
      }
    }
  }

  private begin(run: OfflineRunFacts): RunRecord[] {
    this.run = run;
    this.saw(run.startNs);
    const { project, id, group, jobType: job_type, notes, tags, sweep, host, startNs } = run;
    const told = Object.entries({ project, run: id, group, job_type, notes, tags, sweep }).filter(([, value]) => value.length > 0);
    const name = displayName(run.displayName);
    const facts: InstanceFacts = {
      training: keyOf(project, id).training,
      state: "running",
      startTime: timeText(startNs),
      ...(name === "" ? {} : { name }),
      ...(host === "" ? {} : { host }),
    };
    const own = new Map(told.map(([key, value]) => [key, JSON.stringify(value)]));
    return [{ kind: "facts", facts }, { kind: "params", within: [OWN], members: own }, ...run.config.flatMap(configRecord)];
  }

  private define({ name, stepMetric, stepMetricIndex }: Extract<OfflineRecord, { kind: "metric" }>): void {
    this.metrics.push(name);
    const axis = stepMetric || this.metrics[stepMetricIndex - 1];
    if (axis !== undefined) this.steps.set(name, axis);
  }

  private statsText(items: readonly Item[], seconds: number): string {
    const tree = new JsonTree();
    for (const { path, text } of items) tree.set({ path: [`system.${path.join(".")}`], text });
    tree.set({ path: ["_timestamp"], text: String(seconds) });
    const startSeconds = Number((this.run?.startNs ?? 0n) / 1000n) / 1e6;
    tree.set({ path: ["_runtime"], text: String(Math.round((seconds - startSeconds) * 1000) / 1000) });
    return tree.text();
  }

  private endFacts({ exitCode, runtimeSeconds }: Extract<OfflineRecord, { kind: "exit" }>): InstanceFacts {
    this.saw((this.run?.startNs ?? 0n) + BigInt(runtimeSeconds) * 1_000_000_000n);
    return { state: exitCode === 0 ? "done" : "failed", stopTime: timeText(this.lastNs), end: { exitCode } };
  }

  private saw(timeNs: bigint): void {
    if (timeNs > this.lastNs) this.lastNs = timeNs;
  }
}

function lineOf(records: RunRecord[]): Line {
  return { records, passedOver: new Map() };
}

function historyText(items: readonly Item[], step: number | undefined): string {
  const tree = new JsonTree();
  if (step !== undefined) tree.set({ path: ["_step"], text: String(step) });
  for (const item of items) tree.set(item);
  return tree.text();
}

/** What the client tells its maker of itself is not a param. */
function configRecord({ path, text }: Item): RunRecord[] {
  return path[0] === OWN ? [] : paramRecord(path, text);
}

function paramRecord(path: readonly string[], text: string | undefined): RunRecord[] {
  return [{ kind: "params", within: path.slice(0, -1), members: new Map([[path.at(-1) ?? "", text]]) }];
}
