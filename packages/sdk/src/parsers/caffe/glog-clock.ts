/**
 * Reads the time of glog prefixes. They are local time; glog before 0.5 prints no year: the first stamp gets the year that brings it
 * nearest to the reference, every later one the year that brings it nearest to the stamp before, so a run crosses New Year in order.
 */
export class GlogClock {
  #referenceMs: number;
  /** Stamps of one minute share everything but the seconds; the calendar is asked once a minute. */
  #minute = "";
  #minuteMs: number | undefined;

  /**
   * @param referenceMs - milliseconds since 1970
   */
  constructor(referenceMs: number) {
    this.#referenceMs = referenceMs;
  }

  /**
   * @param minute - `MMDD HH:MM` or `YYYYMMDD HH:MM`
   * @param seconds - seconds with fraction, `SS.ffffff`
   * @returns milliseconds since 1970, or undefined for a date that does not exist
   */
  timeMs(minute: string, seconds: string): number | undefined {
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#minuteMs = this.#startOfMinute(minute);
    }
    if (this.#minuteMs === undefined || Number(seconds) >= 61) return undefined;
    const timeMs = this.#minuteMs + Math.floor(Math.round(Number(seconds) * 1e6) / 1000);
    this.#referenceMs = timeMs;
    return timeMs;
  }

  #startOfMinute(minute: string): number | undefined {
    const [date = "", clock = ""] = minute.split(" ");
    const monthAndDay = date.slice(-4);
    const [month, day, hour, min] = [monthAndDay.slice(0, 2), monthAndDay.slice(2), clock.slice(0, 2), clock.slice(3)].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    if (hour > 23 || min > 59) return undefined;
    if (date.length === 8) return localTime(Number(date.slice(0, 4)), month, day, hour, min);
    let nearest: number | undefined;
    const year = new Date(this.#referenceMs).getFullYear();
    // Four years either way, since Feb 29 exists in few of them; the reference's own year wins a tie.
    for (const offset of [0, -1, 1, -2, 2, -3, 3, -4, 4]) {
      const timeMs = localTime(year + offset, month, day, hour, min);
      if (timeMs === undefined) continue;
      if (nearest === undefined || this.#distance(timeMs) < this.#distance(nearest)) nearest = timeMs;
    }
    return nearest;
  }

  #distance(timeMs: number): number {
    return Math.abs(timeMs - this.#referenceMs);
  }
}

/** An hour that daylight saving skips is read as the one after, one that it repeats as the first: the run goes on, an hour may seem longer. */
function localTime(year: number, month: number, day: number, hour: number, minute: number): number | undefined {
  const date = new Date(year, month - 1, day, hour, minute);
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
}
