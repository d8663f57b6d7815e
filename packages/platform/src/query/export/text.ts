import { toWireNumber } from "ava-protocol";
import type { PointBlock } from "../../store/contract/points.js";
import { joinTimeNs } from "../../store/levels/totals.js";

/** Writes one point; `epoch` is NaN when absent. */
type RowWriter = (step: number, epoch: number, time: string, value: number) => string;

/**
 * Points as CSV, with a head line; a piece of text for each block.
 *
 * @param blocks - the points
 * @param hasInstance - the first column is the id of the instance
 * @param isSafe - cells that a spreadsheet would take for a formula begin with an apostrophe
 */
export async function* writeCsv(blocks: AsyncIterable<PointBlock>, hasInstance: boolean, isSafe: boolean): AsyncGenerator<string> {
  yield `${hasInstance ? "instance," : ""}name,labels,step,epoch,time,value\n`;
  for await (const { instance, name, labels, rows } of blocks) {
    const labelsText = Object.keys(labels).length === 0 ? "" : JSON.stringify(labels);
    const cells = [...(hasInstance ? [instance] : []), isSafe ? defuse(name) : name, labelsText];
    const start = cells.map(quote).join(",");
    yield writeRows(
      rows,
      (step, epoch, time, value) =>
        `${start},${numberText(step)},${epoch === epoch ? numberText(epoch) : ""},${time},${numberText(value)}\n`,
    );
  }
}

/**
 * Points as JSON, one object a line; a piece of text for each block.
 *
 * @param blocks - the points
 * @param hasInstance - the first field is the id of the instance
 */
export async function* writeJsonLines(blocks: AsyncIterable<PointBlock>, hasInstance: boolean): AsyncGenerator<string> {
  for await (const { instance, name, labels, rows } of blocks) {
    const start = JSON.stringify({ ...(hasInstance ? { instance } : {}), name, labels }).slice(0, -1);
    yield writeRows(
      rows,
      (step, epoch, time, value) =>
        `${start},"step":${jsonNumber(step)}${epoch === epoch ? `,"epoch":${jsonNumber(epoch)}` : ""},"time":"${time}","value":${jsonNumber(value)}}\n`,
    );
  }
}

function writeRows({ count, step, epoch, time, value, timeBaseHi }: PointBlock["rows"], writeRow: RowWriter): string {
  let text = "";
  for (let row = 0; row < count; row++) text += writeRow(step[row]!, epoch[row]!, formatTime(timeBaseHi, time[row]!), value[row]!);
  return text;
}

function jsonNumber(value: number): string {
  return Number.isFinite(value) ? numberText(value) : JSON.stringify(toWireNumber(value));
}

/** @returns the shortest text that gives the same float64 again, also for the zero below zero */
function numberText(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

/** What begins like a formula is text for a spreadsheet when an apostrophe stands before it. Labels are JSON, and begin with a brace. */
export function defuse(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** @returns a cell of CSV */
export function quote(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @returns RFC 3339 with all nine digits of the nanoseconds */
function formatTime(timeBaseHi: number, offsetNs: number): string {
  const timeNs = joinTimeNs(timeBaseHi, offsetNs);
  const restNs = ((timeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = Number((timeNs - restNs) / 1_000_000_000n);
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}.${String(restNs).padStart(9, "0")}Z`;
}
