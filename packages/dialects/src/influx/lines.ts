import { type ParsedLine, parseLine, whyNotLabels, whyNotSeriesName } from "ava-protocol";
import { RefusedError } from "../refused-error.js";

/** Name of this dialect. */
export const INFLUX = "influx";
/** Tag that names the instance; it is not a label. */
const INSTANCE = "instance";
/** Tags and fields that tell the step: the first one that is a number. They are neither metrics nor labels, since each point would make a series. */
const STEPS: readonly string[] = ["step", "global_step", "iteration", "iter", "batch"];

/** Nanoseconds of a unit of time, by the names that clients of either version give it. */
const PRECISIONS: ReadonlyMap<string, bigint> = new Map([
  ["n", 1n],
  ["ns", 1n],
  ["u", 1_000n],
  ["us", 1_000n],
  ["µ", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** A value of one line. */
export interface LineValue {
  instance: string | undefined;
  name: string;
  labels: Record<string, string>;
  /** Absent: the series counts on. */
  step: number | undefined;
  timeNs: bigint;
  value: number;
  /** Of the line, and the field's place in it: the same for a line that is sent again. */
  source: string;
}

/** What lines hold. */
export interface LineValues {
  values: LineValue[];
  /** Fields that are text: where each is. */
  texts: Pick<LineValue, "instance" | "timeNs" | "source">[];
  /** What is wrong with lines that are not taken, by number of the line. */
  refused: string[];
}

/** @param name - of a unit, as a client gives it @returns its nanoseconds @throws RefusedError `invalid` */
export function precisionNs(name: string | null): bigint {
  const unitNs = PRECISIONS.get(name || "ns");
  if (unitNs === undefined) throw new RefusedError("invalid", `invalid precision ${JSON.stringify(name)}; use one of ns, us, ms, s`);
  return unitNs;
}

/**
 * Reads lines of line protocol; empty ones and comments are passed over.
 *
 * @param text - of the body
 * @param unitNs - nanoseconds of a unit of their times
 * @param nowNs - time of lines that have none
 */
export function readLines(text: string, unitNs: bigint, nowNs: bigint): LineValues {
  const found: LineValues = { values: [], texts: [], refused: [] };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const parsed = parseLine(line);
    if (typeof parsed === "string") found.refused.push(`line ${index + 1}: ${parsed}`);
    else addValues(parsed, { line, index, unitNs, nowNs }, found);
  }
  return found;
}

interface Place {
  line: string;
  index: number;
  unitNs: bigint;
  nowNs: bigint;
}

function addValues(
  { measurement, tags, fields, timeNs: time }: ParsedLine,
  { line, index, unitNs, nowNs }: Place,
  found: LineValues,
): void {
  const labels = Object.fromEntries([...tags].filter(([key]) => key !== INSTANCE && !STEPS.includes(key)));
  const step = stepOf(fields) ?? stepOf(tags);
  const timeNs = time === undefined ? nowNs : BigInt.asIntN(64, time * unitNs);
  // A line without a time is another one each time.
  const source = time === undefined ? `${nowNs} ${index} ${line}` : line;
  const instance = tags.get(INSTANCE);
  for (const [field, value] of fields) {
    if (STEPS.includes(field)) continue;
    if (typeof value === "string") {
      found.texts.push({ instance, timeNs, source: `${field} ${source}` });
      continue;
    }
    const name = field === "value" ? measurement : `${measurement}/${field}`;
    const why = whyNotSeriesName(name) ?? whyNotLabels(labels);
    if (why === undefined) {
      found.values.push({ instance, name, labels, step, timeNs, value: Number(value), source: `${field} ${source}` });
    } else found.refused.push(`line ${index + 1}: ${why}`);
  }
}

function stepOf(told: ReadonlyMap<string, unknown>): number | undefined {
  for (const name of STEPS) {
    const value = told.get(name);
    const step = typeof value === "number" || (typeof value === "string" && value.trim() !== "") ? Number(value) : Number.NaN;
    if (Number.isFinite(step)) return step;
  }
  return undefined;
}
