import type { Phase } from "../parser.js";
import type { BoxRow } from "./box.js";
import { type Located, PlanNumber, planNumber } from "./located.js";
import type { Counted, CountedRoles } from "./reading.js";
import type { Stamp } from "./stamp.js";
import type { TableHeader } from "./table.js";
import type { ToldSeries } from "./told-series.js";

/** A value of a line under its series. */
export interface PlannedValue extends Located {
  series: ToldSeries;
}

/** What a line tells, and where in it the numbers stand: a line of the same form is read by looking there again. */
export interface LinePlan {
  values: PlannedValue[];
  counters: CountedRoles;
  /** Whether the line counts; one that does not belongs to the line before it. */
  isCounted: boolean;
  section: string | undefined;
  /** Name of the program that printed it, where that stands in front. */
  program?: string | undefined;
  /** Process that printed it: its rank, or its program. */
  source?: string | undefined;
  /** It is indented and counts nothing: the batch of the line directly above is its own. */
  isIndented?: boolean;
  /** When it was printed. */
  stamp?: Stamp | undefined;
  /** What it says of the lines below it. */
  below?: Below | undefined;
  /** Its part of a box, whose values are told when the box ends. */
  row?: BoxRow | undefined;
}

/**
 * What a line says of the lines below it: columns of a table, what the table is of, names that the next line may go on with, whether a box without bars begins; the phase of a block of values (null
 * without a phase) or of what has no phase of its own; and whether it is a parameter, as those around it may be.
 */
export interface Below {
  header?: TableHeader;
  tableOf?: string;
  above?: readonly string[];
  isRuled?: true;
  block?: Phase | null;
  section?: string;
  isParameter?: true;
}

/** A line that has neither values nor counters. */
export const NOTHING: LinePlan = { values: [], counters: {}, isCounted: false, section: undefined };

/**
 * @param plan - of a line
 * @returns the same, of the shape that all remembered plans have
 */
export function uniform({ values, counters, isCounted, section, program, source, isIndented, stamp, below, row }: LinePlan): LinePlan {
  const { epoch, step, batch, iteration, episode } = counters;
  return {
    values: values.map((value) => new PlanNumber(value, value.series)),
    counters: {
      epoch: counted(epoch),
      step: counted(step),
      batch: counted(batch),
      iteration: counted(iteration),
      episode: counted(episode),
    },
    isCounted,
    section,
    program,
    source,
    isIndented: isIndented === true,
    stamp,
    below,
    row: row && { ...row, value: planNumber(row.value) },
  };
}

function counted(counter: Counted | undefined): Counted | undefined {
  return counter && new PlanNumber(counter, undefined, counter.of);
}

/** @param plan - of a line @returns the numbers in it */
export function numbersOf({ values, counters, row, stamp }: LinePlan): Located[] {
  const all = Object.values(counters).flatMap((counter) => (counter?.of === undefined ? [counter] : [counter, counter.of]));
  return [...values, ...all, ...(stamp?.numbers ?? []), row?.value].filter((number) => number !== undefined);
}
