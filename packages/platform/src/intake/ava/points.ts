import { type Labels, type ParsedLine, parseLine, seriesKey, whyNotLabels, whyNotSeriesName } from "ava-protocol";
import type { KnownInstance } from "../known.js";
import { whyNotOneMore } from "../records/record.js";

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
  /** Number of its line in the body, from 1. */
  line: number;
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

/** Points of a body of line protocol that are not taken. They stay in the logged body, so that it can be known when it is sent again. */
export interface RefusedPoints {
  /** Where they stand among the points of the body, from 0. */
  places: number[];
  /** Of the first. */
  reason: string;
}

/** Old measurements and the series that they are today. */
const SERIES_OF: ReadonlyMap<string, string> = new Map([
  ["ava_metric_training_loss value", "loss"],
  ["ava_metric_training_learning_rate value", "lr"],
  ["ava_metric_training_val_accuracy value", "val/accuracy"],
  ["ava_metric_training_sample_num count", "samples"],
]);

/** Tags that can say the step, the first that has a number does; the old client has `batch`. */
const STEP_TAGS: readonly string[] = ["batch", "step", "global_step", "iteration", "iter"];

/** Tags that say what the instance and the epoch of a point are, or count: as labels they would make a series of each point. All others are labels. */
const NO_LABELS: ReadonlySet<string> = new Set(["job_type", "id", "epoch", ...STEP_TAGS, "batch_in_epoch", "nbatch"]);

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
        addPoints(parsed, index + 1, receivedMs, result.points, (field) => reject(`line ${index + 1}: the field "${field}" is text`));
      }
    });
  return result;
}

function addPoints(
  { measurement, tags, fields, timeNs: givenNs }: ParsedLine,
  line: number,
  receivedMs: number,
  points: LinePoint[],
  rejectField: (field: string) => void,
): void {
  const labels = Object.fromEntries([...tags].filter(([key]) => !NO_LABELS.has(key)));
  const step = STEP_TAGS.map((tag) => tagNumber(tags.get(tag))).find((number) => number !== undefined);
  const epoch = tagNumber(tags.get("epoch")) ?? Number.NaN;
  const timeNs = givenNs ?? BigInt(receivedMs) * 1_000_000n;
  for (const [field, value] of fields) {
    if (typeof value === "string") rejectField(field);
    else points.push({ name: seriesName(measurement, field), labels, step, epoch, timeNs, value: Number(value), line });
  }
}

/**
 * Finds the points that cannot be taken: their names or labels break a rule, or the instance has too many series.
 *
 * @param points - of one body
 * @param known - the instance, if there is one
 * @returns which they are; `undefined` when all can be taken
 */
export function refusePoints(points: readonly LinePoint[], known: KnownInstance | undefined): RefusedPoints | undefined {
  const newKeys = new Set<string>();
  const places: number[] = [];
  let reason: string | undefined;
  let ofLine: { labels?: Labels; why?: string | undefined } = {};
  points.forEach(({ name, labels, line }, place) => {
    // Thousands of fields can share thousands of tags.
    if (ofLine.labels !== labels) ofLine = { labels, why: whyNotLabels(labels) };
    const why = ofLine.why ?? whyNotSeriesName(name) ?? whyNotOneMore(known?.series, newKeys, seriesKey(name, labels));
    if (why === undefined) return;
    places.push(place);
    reason ??= `line ${line}: ${why}`;
  });
  return reason === undefined ? undefined : { places, reason };
}

function seriesName(measurement: string, field: string): string {
  return SERIES_OF.get(`${measurement} ${field}`) ?? (field === "value" ? measurement : `${measurement}/${field}`);
}

function tagNumber(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
