import type { Phase } from "../parser.js";
import type { BoxRow } from "./box.js";
import type { Located } from "./located.js";
import type { CountedRoles } from "./reading.js";
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
  /** What it says of the lines below it. */
  below?: Below;
  /** Its part of a box, whose values are told when the box ends. */
  row?: BoxRow;
}

/**
 * What a line says of the lines below it: columns of a table, what the table is of, names that the next line may go on with, whether a box without bars begins; and the phase of a block of values (null
 * without a phase) or of what has no phase of its own.
 */
export interface Below {
  header?: TableHeader;
  tableOf?: string;
  above?: readonly string[];
  isRuled?: true;
  block?: Phase | null;
  section?: string;
}

/** A line that has neither values nor counters. */
export const NOTHING: LinePlan = { values: [], counters: {}, isCounted: false, section: undefined };

/** @param plan - of a line @returns the numbers in it */
export function numbersOf({ values, counters, row }: LinePlan): Located[] {
  const counted = Object.values(counters);
  return [...values, ...counted, ...counted.flatMap(({ of }) => of ?? []), ...(row?.value === undefined ? [] : [row.value])];
}
