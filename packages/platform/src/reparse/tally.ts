import { type Labels, type ReparsePoint, type ReparseSeries, toWireNumber } from "ava-protocol";
import type { ReadRows } from "./messages.js";

/** What was read of one series so far. */
export class Tally {
  readonly name: string;
  readonly labels: Labels;
  points = 0;
  known = 0;
  private first: ReparsePoint | undefined;
  private last: ReparsePoint | undefined;

  constructor({ name, labels }: { name: string; labels: Labels }) {
    this.name = name;
    this.labels = labels;
  }

  /** Counts a row. @param isKnown - the series has it already */
  count(rows: ReadRows, row: number, isKnown: boolean): void {
    if (isKnown) this.known++;
    else this.points++;
    this.last = pointOf(rows, row);
    this.first ??= this.last;
  }

  /** @param others - points of the series that stand for none that was read @returns the answer's words for it */
  summary(others: number): ReparseSeries {
    const { name, labels, points, known } = this;
    return { name, labels, points, known, others, first: this.first as ReparsePoint, last: this.last as ReparsePoint };
  }
}

function pointOf({ values, steps, epochs, timesNs, offsets, lines }: ReadRows, row: number): ReparsePoint {
  const epoch = epochs[row]!;
  return {
    value: toWireNumber(values[row]!),
    step: toWireNumber(steps[row]!),
    ...(Number.isNaN(epoch) ? {} : { epoch: toWireNumber(epoch) }),
    timeNs: timesNs[row]!.toString(),
    offset: offsets[row]!,
    line: lines[row]!,
  };
}
