import type { Labels } from "ava-protocol";
import { type ParsedLine, parseLine } from "./line.js";

/** A point of the old client, on its way into a series. */
export interface LinePoint {
  name: string;
  labels: Labels;
  /** Absent when the line has no number in the tag `batch`: the series counts on. */
  step: number | undefined;
  /** NaN when absent. */
  epoch: number;
  timeNs: bigint;
  value: number;
}

/** What a body of line protocol held. */
export interface LinePoints {
  points: LinePoint[];
  /** Lines and text fields that give no point, with the reason of the first. */
  rejected: number;
  reason: string | undefined;
  /** Every line has a time: an equal body is the same one again. */
  areTimed: boolean;
}

/** Old measurements and the series that they are today. */
const SERIES_OF: ReadonlyMap<string, string> = new Map([
  ["ava_metric_training_loss value", "loss"],
  ["ava_metric_training_learning_rate value", "lr"],
  ["ava_metric_training_val_accuracy value", "val/accuracy"],
  ["ava_metric_training_sample_num count", "samples"],
]);

/** Tags that say what the point's instance, step and epoch are; all others are labels. */
const OWN_TAGS: ReadonlySet<string> = new Set(["job_type", "id", "epoch", "batch"]);

/**
 * Reads a body of line protocol.
 *
 * @param body - lines; empty ones and comments (`#`) are passed over
 * @param receivedMs - time of lines that have none, in milliseconds since 1970
 */
export function readLinePoints(body: Uint8Array, receivedMs: number): LinePoints {
  const result: LinePoints = { points: [], rejected: 0, reason: undefined, areTimed: true };
  const reject = (reason: string): void => {
    result.rejected++;
    result.reason ??= reason;
  };
  new TextDecoder()
    .decode(body)
    .split("\n")
    .forEach((text, index) => {
      const line = text.trim();
      if (line === "" || line.startsWith("#")) return;
      const parsed = parseLine(line);
      if (typeof parsed === "string") reject(`line ${index + 1}: ${parsed}`);
      else {
        if (parsed.timeNs === undefined) result.areTimed = false;
        addPoints(parsed, receivedMs, result.points, (field) => reject(`line ${index + 1}: the field "${field}" is text`));
      }
    });
  return result;
}

function addPoints(line: ParsedLine, receivedMs: number, points: LinePoint[], rejectField: (field: string) => void): void {
  const labels = Object.fromEntries(Object.entries(line.tags).filter(([key]) => !OWN_TAGS.has(key)));
  const step = tagNumber(line.tags["batch"]);
  const epoch = tagNumber(line.tags["epoch"]) ?? Number.NaN;
  const timeNs = line.timeNs ?? BigInt(receivedMs) * 1_000_000n;
  for (const [field, value] of Object.entries(line.fields)) {
    if (typeof value === "string") rejectField(field);
    else points.push({ name: seriesName(line.measurement, field), labels, step, epoch, timeNs, value: Number(value) });
  }
}

function seriesName(measurement: string, field: string): string {
  return SERIES_OF.get(`${measurement} ${field}`) ?? (field === "value" ? measurement : `${measurement}/${field}`);
}

function tagNumber(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
