import { parseJsonText } from "ava-protocol";
import { MessageReader } from "../../protobuf/message-reader.js";

/** A value of an item, and the names that lead to it. */
export interface Item {
  path: string[];
  /** JSON text. */
  text: string;
}

/** What a record of an offline file tells. */
export type OfflineRecord =
  | { kind: "run"; run: OfflineRunFacts }
  | { kind: "history"; items: Item[]; step: number | undefined }
  | { kind: "config" | "summary"; items: Item[]; removed: string[][] }
  | { kind: "stats"; items: Item[]; seconds: number }
  | { kind: "output"; stream: "stdout" | "stderr"; timeNs: bigint; text: string }
  | { kind: "metric"; name: string; stepMetric: string | undefined; stepMetricIndex: number }
  | { kind: "exit"; exitCode: number; runtimeSeconds: number }
  | { kind: "other"; field: number };

/** What the client says of a run. */
export interface OfflineRunFacts {
  id: string;
  project: string;
  config: Item[];
  group: string;
  jobType: string;
  displayName: string;
  notes: string;
  tags: string[];
  sweep: string;
  host: string;
  startNs: bigint;
}

/** Numbers of fields in `Record`. */
const FIELD = { history: 2, summary: 3, output: 4, config: 5, stats: 7, metric: 12, outputRaw: 13, run: 17, exit: 18 } as const;
/** `num`, `control`, `uuid`, `_info`: of every record. */
const ENVELOPE: ReadonlySet<number> = new Set([1, 16, 19, 200]);

/** @param content - a `Record` @returns what it tells @throws DamagedMessageError */
export function readOfflineRecord(content: Uint8Array): OfflineRecord {
  const reader = new MessageReader(content);
  let record: OfflineRecord = { kind: "other", field: 0 };
  while (reader.next()) if (!ENVELOPE.has(reader.field)) record = readKind(reader.field, reader.message());
  return record;
}

function readKind(field: number, reader: MessageReader): OfflineRecord {
  switch (field) {
    case FIELD.history:
      return readHistory(reader);
    case FIELD.config:
      return { kind: "config", ...readChanges(reader) };
    case FIELD.summary:
      return { kind: "summary", ...readChanges(reader) };
    case FIELD.stats:
      return readStats(reader);
    case FIELD.output:
    case FIELD.outputRaw:
      return readOutput(reader);
    case FIELD.metric:
      return readMetric(reader);
    case FIELD.run:
      return { kind: "run", run: readRun(reader) };
    case FIELD.exit:
      return readExit(reader);
    default:
      return { kind: "other", field };
  }
}

function readHistory(reader: MessageReader): OfflineRecord {
  const items: Item[] = [];
  let step: number | undefined;
  while (reader.next()) {
    if (reader.field === 1) items.push(readItem(reader.message()));
    else if (reader.field === 2) {
      const inner = reader.message();
      step = 0;
      while (inner.next()) if (inner.field === 1) step = inner.integer();
    }
  }
  return { kind: "history", items, step };
}

function readChanges(reader: MessageReader): { items: Item[]; removed: string[][] } {
  const [items, removed]: [Item[], string[][]] = [[], []];
  while (reader.next()) {
    if (reader.field === 1) items.push(readItem(reader.message()));
    else if (reader.field === 2) removed.push(readItem(reader.message()).path);
  }
  return { items, removed };
}

/** Clients before 0.31 write a value by its type, later ones as JSON. */
function readItem(reader: MessageReader): Item {
  const [path, item]: [string[], Item] = [[], { path: [], text: "null" }];
  let key = "";
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        key = reader.text();
        break;
      case 2:
        path.push(reader.text());
        break;
      case 4:
        item.text = String(reader.boolean());
        break;
      case 5:
        item.text = String(zigzag(reader.integer()));
        break;
      case 6:
        item.text = String(reader.number());
        break;
      case 7:
        item.text = JSON.stringify(reader.text());
        break;
      case 8:
      case 16:
        item.text = jsonOf(reader.text());
        break;
    }
  }
  item.path = path.length > 0 ? path : [key];
  return item;
}

/** What is not JSON is a text. */
function jsonOf(text: string): string {
  try {
    parseJsonText(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function readStats(reader: MessageReader): OfflineRecord {
  const items: Item[] = [];
  let timeNs = 0n;
  while (reader.next()) {
    if (reader.field === 2) timeNs = readTime(reader.message());
    else if (reader.field === 3) {
      const inner = reader.message();
      const item: Item = { path: [], text: "null" };
      while (inner.next()) {
        if (inner.field === 1) item.path = [inner.text()];
        else if (inner.field === 16) item.text = jsonOf(inner.text());
      }
      items.push(item);
    }
  }
  return { kind: "stats", items, seconds: Number(timeNs / 1000n) / 1e6 };
}

function readOutput(reader: MessageReader): OfflineRecord {
  let [isStdout, text, timeNs] = [false, "", 0n];
  while (reader.next()) {
    if (reader.field === 1) isStdout = reader.integer() === 1;
    else if (reader.field === 2) timeNs = readTime(reader.message());
    else if (reader.field === 3) text = reader.text();
  }
  return { kind: "output", stream: isStdout ? "stdout" : "stderr", timeNs, text };
}

function readMetric(reader: MessageReader): OfflineRecord {
  const metric: OfflineRecord = { kind: "metric", name: "", stepMetric: undefined, stepMetricIndex: 0 };
  while (reader.next()) {
    if (reader.field === 1 || reader.field === 2) metric.name = reader.text();
    else if (reader.field === 4) metric.stepMetric = reader.text();
    else if (reader.field === 5) metric.stepMetricIndex = reader.integer();
  }
  return metric;
}

function readExit(reader: MessageReader): OfflineRecord {
  let [exitCode, runtimeSeconds] = [0, 0];
  while (reader.next()) {
    if (reader.field === 1) exitCode = reader.integer();
    else if (reader.field === 2) runtimeSeconds = reader.integer();
  }
  return { kind: "exit", exitCode, runtimeSeconds };
}

function readRun(reader: MessageReader): OfflineRunFacts {
  const texts = new Map<number, string>();
  const run = { config: [] as Item[], tags: [] as string[], startNs: 0n };
  while (reader.next()) {
    if (reader.field === 4) run.config = readChanges(reader.message()).items;
    else if (reader.field === 10) run.tags.push(reader.text());
    else if (reader.field === 17) run.startNs = readTime(reader.message());
    else texts.set(reader.field, reader.text());
  }
  const text = (field: number) => texts.get(field) ?? "";
  return {
    ...run,
    id: text(1),
    project: text(3),
    group: text(6),
    jobType: text(7),
    displayName: text(8),
    notes: text(9),
    sweep: text(12),
    host: text(13),
  };
}

/** A `google.protobuf.Timestamp`. */
function readTime(reader: MessageReader): bigint {
  let [seconds, nanos] = [0, 0];
  while (reader.next()) {
    if (reader.field === 1) seconds = reader.integer();
    else if (reader.field === 2) nanos = reader.integer();
  }
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}
