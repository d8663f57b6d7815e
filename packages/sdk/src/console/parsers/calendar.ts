/**
 * @param year - four digits
 * @param month - from 1
 * @param day - of the month
 * @param hour - 0 to 23
 * @param minute - of the hour
 * @returns milliseconds since 1970 of a local time; undefined for a day that does not exist. An hour that daylight saving skips is read as the one after, one that it repeats as the first: the run goes on, an hour may seem longer
 */
export function localTime(year: number, month: number, day: number, hour: number, minute: number): number | undefined {
  const date = new Date(year, month - 1, day, hour, minute);
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
}

/**
 * Time of a stamp without a year.
 *
 * @param nearMs - milliseconds since 1970: the year is the one that brings the stamp nearest to it
 * @param at - gives the time in a year
 * @returns that time; undefined where the day exists in no year
 */
export function inNearestYear(nearMs: number, at: (year: number) => number | undefined): number | undefined {
  const year = new Date(nearMs).getFullYear();
  let nearest: number | undefined;
  // Four years either way, since Feb 29 exists in few of them; the reference's own year wins a tie.
  for (const offset of [0, -1, 1, -2, 2, -3, 3, -4, 4]) {
    const timeMs = at(year + offset);
    if (timeMs === undefined) continue;
    if (nearest === undefined || Math.abs(timeMs - nearMs) < Math.abs(nearest - nearMs)) nearest = timeMs;
  }
  return nearest;
}
