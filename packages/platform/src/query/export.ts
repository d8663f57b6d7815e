import { type Labels, toWireNumber } from "ava-protocol";
import { TIME_BASE_NS } from "../store/chunk/chunk.js";
import { columnAt } from "../store/chunk/column.js";
import type { Instance } from "../store/instance/instance.js";
import type { Piece } from "../store/series/series.js";

/** Formats of an export. */
export type ExportFormat = "csv" | "jsonl";

/** Writes one point; `epoch` is NaN when absent. */
type RowWriter = (step: number, epoch: number, time: string, value: number) => string;

/**
 * Every point of an instance, series by series, each in order of arrival; a piece of text for up to 4096 points.
 *
 * @param instance - the instance
 */
export function* exportPoints(instance: Instance, format: ExportFormat): Generator<string> {
  if (format === "csv") yield "name,labels,step,epoch,time,value\n";
  for (const series of instance.series.values()) {
    const writeRow = format === "csv" ? csvWriter(series.name, series.labels) : jsonWriter(series.name, series.labels);
    for (const piece of series.pieces()) yield writePiece(piece, writeRow);
  }
}

function writePiece(piece: Piece, writeRow: RowWriter): string {
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
  return (step, epoch, time, value) => `${start},${step},${epoch === epoch ? epoch : ""},${time},${value}\n`;
}

function jsonWriter(name: string, labels: Labels): RowWriter {
  return (step, epoch, time, value) => {
    const point = {
      name,
      labels,
      step: toWireNumber(step),
      ...(epoch === epoch ? { epoch: toWireNumber(epoch) } : {}),
      time,
      value: toWireNumber(value),
    };
    return `${JSON.stringify(point)}\n`;
  };
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
