/**
 * Reads the time of glog prefixes. They are local time; glog before 0.5 prints no year: the first stamp gets the year that brings it
 * nearest to the reference, every later one the year that brings it nearest to the stamp before, so a run crosses New Year in order.
 */
export class GlogClock {
  #referenceMs: number;
  /** Stamps of one minute share everything but the seconds; the calendar is asked once a minute. */
  #minute = "";
  #minuteMs: number | undefined;
  #minuteBytes: Uint8Array = new Uint8Array(0);

  /**
   * @param referenceMs - milliseconds since 1970
   */
  constructor(referenceMs: number) {
    this.#referenceMs = referenceMs;
  }

  /**
   * @param text - where `MMDD HH:MM:SS.ffffff` or `YYYYMMDD HH:MM:SS.ffffff` stands, digits checked
   * @param start - index of its first digit
   * @param space - index of the space between date and time
   * @returns milliseconds since 1970, or undefined for a time that does not exist
   */
  timeMs(text: string, start: number, space: number): number | undefined {
    if (this.#minute.length !== space + 6 - start || !text.startsWith(this.#minute, start)) {
      this.#minute = text.slice(start, space + 6);
      this.#minuteBytes = Buffer.from(this.#minute, "latin1");
      this.#minuteMs = this.#startOfMinute(this.#minute);
    }
    const second = twoDigits(text, space + 7);
    if (this.#minuteMs === undefined || second > 60) return undefined;
    this.#referenceMs = this.#minuteMs + second * 1000 + twoDigits(text, space + 10) * 10 + text.charCodeAt(space + 12) - 0x30;
    return this.#referenceMs;
  }

  /** Characters of the date and the minute of the last stamp, with a year or without. */
  get minuteChars(): number {
    return this.#minute.length;
  }

  /**
   * The same for a stamp of the minute that {@link timeMs} saw last.
   *
   * @param bytes - where the stamp stands
   * @param start - index of its first digit
   * @returns milliseconds since 1970, or undefined for another minute, or what is no such stamp
   */
  timeMsOfBytes(bytes: Uint8Array, start: number): number | undefined {
    const minute = this.#minuteBytes;
    if (this.#minuteMs === undefined) return undefined;
    for (let index = 0; index < minute.length; index += 1) if (bytes[start + index] !== minute[index]) return undefined;
    const colon = start + minute.length;
    if (bytes[colon] !== 0x3a || bytes[colon + 3] !== 0x2e) return undefined;
    let digits = 0;
    for (let index = 1; index < 10; index += 1) {
      if (index === 3) continue;
      const digit = (bytes[colon + index] as number) - 0x30;
      if (!(digit >= 0 && digit <= 9)) return undefined;
      if (index < 7) digits = digits * 10 + digit;
    }
    if (digits >= 61_000) return undefined;
    this.#referenceMs = this.#minuteMs + digits;
    return this.#referenceMs;
  }

  #startOfMinute(minute: string): number | undefined {
    const dateEnd = minute.indexOf(" ");
    const month = twoDigits(minute, dateEnd - 4);
    const day = twoDigits(minute, dateEnd - 2);
    const hour = twoDigits(minute, dateEnd + 1);
    const min = twoDigits(minute, dateEnd + 4);
    if (hour > 23 || min > 59) return undefined;
    if (dateEnd === 8) return localTime(Number(minute.slice(0, 4)), month, day, hour, min);
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

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30;
}

/** An hour that daylight saving skips is read as the one after, one that it repeats as the first: the run goes on, an hour may seem longer. */
function localTime(year: number, month: number, day: number, hour: number, minute: number): number | undefined {
  const date = new Date(year, month - 1, day, hour, minute);
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
}
