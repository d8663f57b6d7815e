import { type Labels, toWireNumber } from "ava-protocol";
import { TIME_BASE_NS } from "../store/chunk/chunk.js";
import { columnAt } from "../store/chunk/column.js";
import { damaged } from "../store/damage.js";
import type { Instance } from "../store/instance/instance.js";
import type { ReadablePiece } from "../store/series/series.js";
import { readPiece } from "./pieces.js";

/** Formats of an export. */
export type ExportFormat = "csv" | "jsonl";

/** How points are written. */
export interface ExportOptions {
  format: ExportFormat;
  /** In CSV, cells that a spreadsheet would take for a formula begin with an apostrophe. */
  isSafe?: boolean;
  /** Points that are damaged are left out, instead of an end with `store_damaged`. */
  skipsDamage?: boolean;
}

/** Writes one point; `epoch` is NaN when absent. */
type RowWriter = (step: number, epoch: number, time: string, value: number) => string;

/**
 * Looks for points of an instance that cannot be read, in steps.
 *
 * @param tell - called with a sentence for each part that is damaged
 */
export function* findDamage(instance: Instance, tell: (sentence: string) => void): Generator<void, void> {
  for (const series of instance.series.values()) {
    for (const piece of series.pieces()) {
      const read = readPiece(piece, (readable) => void readable.load?.());
      if ("damage" in read) tell(read.damage);
      yield;
    }
  }
}

/**
 * Every point of an instance, series by series, each in order of arrival; a piece of text for up to 4096 points.
 *
 * @param instance - the instance
 * @throws PlatformError `store_damaged` when it comes to damage
 */
export function* exportPoints(instance: Instance, { format, isSafe = false, skipsDamage = false }: ExportOptions): Generator<string> {
  if (format === "csv") yield "name,labels,step,epoch,time,value\n";
  for (const series of instance.series.values()) {
    const writeRow =
      format === "csv" ? csvWriter(isSafe ? defuse(series.name) : series.name, series.labels) : jsonWriter(series.name, series.labels);
    for (const piece of series.pieces()) {
      const read = readPiece(piece, (readable) => writePiece(readable, writeRow));
      if ("result" in read) yield read.result;
      else if (!skipsDamage) throw damaged(read.damage);
    }
  }
}

function writePiece(piece: ReadablePiece, writeRow: RowWriter): string {
  let text = "";
  if (piece.rows !== undefined) {
    const { count, step, epoch, time, value, timeBaseHi } = piece.rows;
    for (let row = 0; row < count; row++) text += writeRow(step[row]!, epoch[row]!, formatTime(timeBaseHi, time[row]!), value[row]!);
    return text;
  }
  const { step, epoch, time, value, count } = piece.load();
  for (let row = 0; row < count; row++) {
    const timeText = formatTime(piece.head.timeBaseHi, columnAt(time, row));
    text += writeRow(columnAt(step, row), columnAt(epoch, row), timeText, columnAt(value, row));
  }
  return text;
}

function csvWriter(name: string, labels: Labels): RowWriter {
  const start = `${quote(name)},${quote(Object.keys(labels).length === 0 ? "" : JSON.stringify(labels))}`;
  return (step, epoch, time, value) =>
    `${start},${numberText(step)},${epoch === epoch ? numberText(epoch) : ""},${time},${numberText(value)}\n`;
}

function jsonWriter(name: string, labels: Labels): RowWriter {
  const start = `{"name":${JSON.stringify(name)},"labels":${JSON.stringify(labels)}`;
  return (step, epoch, time, value) =>
    `${start},"step":${jsonNumber(step)}${epoch === epoch ? `,"epoch":${jsonNumber(epoch)}` : ""},"time":"${time}","value":${jsonNumber(value)}}\n`;
}

function jsonNumber(value: number): string {
  return Number.isFinite(value) ? numberText(value) : JSON.stringify(toWireNumber(value));
}

/** @returns the shortest text that gives the same float64 again, also for the zero below zero */
function numberText(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

/** What begins like a formula is text for a spreadsheet when an apostrophe stands before it. Labels are JSON, and begin with a brace. */
function defuse(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quote(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @returns RFC 3339 with all nine digits of the nanoseconds */
function formatTime(timeBaseHi: number, offsetNs: number): string {
  const timeNs = BigInt(timeBaseHi) * BigInt(TIME_BASE_NS) + BigInt(offsetNs);
  const restNs = ((timeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = Number((timeNs - restNs) / 1_000_000_000n);
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}.${String(restNs).padStart(9, "0")}Z`;
}
