import { toWireNumber } from "ava-protocol";
import type { Metric, ParsedItem, RunEvent } from "../console/parsers/parser.js";

/** Output format of `ava-sdk parse`, see docs/formats/console-metrics.md. */
export interface ParseFormat {
  /** Stands before everything else. */
  head: string;
  /** @returns one item as a line, with its line end */
  line(item: ParsedItem): string;
}

const CSV_COLUMNS = [
  "name",
  "value",
  "step",
  "epoch",
  "batch",
  "total",
  "phase",
  "line",
  "time",
  "labels",
  "event",
  "file",
  "message",
] as const;

/** The formats by the name that `--format` takes. */
export const PARSE_FORMATS: Readonly<Record<"ndjson" | "csv", ParseFormat>> = {
  ndjson: { head: "", line: (item) => ("name" in item ? metricLine(item) : `${JSON.stringify(eventFields(item))}\n`) },
  csv: { head: `${CSV_COLUMNS.join(",")}\n`, line: csvLine },
};

/** The order of the fields is part of the format; JSON leaves the absent ones out. */
function metricFields({ name, value, step, epoch, batch, total, phase, line, timeMs, labels }: Metric): object {
  return { name, value: toWireNumber(value), step, epoch, batch, total, phase, line, time: isoTime(timeMs), labels };
}

function eventFields({ event, step, file, message, line, timeMs }: RunEvent): object {
  return { event, step, file, message, line, time: isoTime(timeMs) };
}

/** JSON prints 7.6e20 as an integer, which readers with big integers (Python) take for a number that no float64 equals. */
function metricLine(metric: Metric): string {
  const text = JSON.stringify(metricFields(metric));
  const { value } = metric;
  const readable =
    Math.abs(value) > Number.MAX_SAFE_INTEGER ? text.replace(`"value":${value},`, `"value":${value.toExponential()},`) : text;
  return `${readable}\n`;
}

function csvLine(item: ParsedItem): string {
  const fields: Record<string, unknown> = "name" in item ? { ...metricFields(item) } : { ...eventFields(item) };
  return `${CSV_COLUMNS.map((column) => csvCell(fields[column])).join(",")}\n`;
}

function csvCell(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function isoTime(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}
