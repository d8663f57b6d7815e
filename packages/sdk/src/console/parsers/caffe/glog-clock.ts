import { inNearestYear, localTime } from "../calendar.js";
import { type ChunkWords, wordsOf } from "./chunk-words.js";

/**
 * Reads the time of glog prefixes. They are local time; glog before 0.5 prints no year: the first stamp gets the year that brings it
 * nearest to the reference, every later one the year that brings it nearest to the stamp before, so a run crosses New Year in order.
 */
export class GlogClock {
  #referenceMs: number;
  /** Stamps of one minute share everything but the seconds; the calendar is asked once a minute. */
  #minute = "";
  #minuteMs = Number.NaN;
  /** `I20261122 23:39:`, all of a stamp that the lines of a minute share. */
  #minuteWords: Float64Array = new Float64Array(0);
  /** Last digit of the minute to the milliseconds of the stamp that was read from bytes last. */
  #lastWord = Number.NaN;
  readonly #chunkWords: ChunkWords;

  /**
   * @param referenceMs - milliseconds since 1970
   * @param chunkWords - of the stream
   */
  constructor(referenceMs: number, chunkWords: ChunkWords) {
    this.#referenceMs = referenceMs;
    this.#chunkWords = chunkWords;
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
      this.#minuteWords = wordsOf(Buffer.from(`I${this.#minute}:`, "latin1"));
      this.#minuteMs = this.#startOfMinute(this.#minute) ?? Number.NaN;
    }
    this.#lastWord = Number.NaN;
    const second = twoDigits(text, space + 7);
    if (Number.isNaN(this.#minuteMs) || second > 60) return undefined;
    this.#referenceMs = this.#minuteMs + second * 1000 + twoDigits(text, space + 10) * 10 + text.charCodeAt(space + 12) - 0x30;
    return this.#referenceMs;
  }

  /** Bytes of a stamp with its severity, `I20261122 23:39:19.098261`, as the last one was written: with a year or without. */
  get stampBytes(): number {
    return this.#minute.length + "I:SS.ffffff".length;
  }

  /** Time of the last stamp that was read, milliseconds since 1970. */
  get lastMs(): number {
    return this.#referenceMs;
  }

  /**
   * The same for a stamp of severity I and the minute that {@link timeMs} saw last.
   *
   * @param bytes - where the stamp stands
   * @param start - index of the severity; {@link stampBytes} follow at least
   * @returns whether it was one, {@link lastMs} is its time then; not for another minute, or a text that is not such a stamp
   */
  readBytes(bytes: Uint8Array, start: number): boolean {
    const sharedBytes = this.#minute.length + 2;
    if (Number.isNaN(this.#minuteMs) || !this.#chunkWords.areAt(bytes, start, this.#minuteWords, sharedBytes)) return false;
    const at = start + sharedBytes;
    // What is not a digit counts for more than all that are.
    if (digitAt(bytes, at + 6) + digitAt(bytes, at + 7) + digitAt(bytes, at + 8) > 27) return false;
    // `9:19.098`: lines come many at a time.
    const word = this.#chunkWords.wordAt(bytes, at - 2);
    if (word === this.#lastWord) return true;
    if (bytes[at + 2] !== 0x2e) return false;
    const seconds = digitAt(bytes, at) * 10 + digitAt(bytes, at + 1);
    const ms = digitAt(bytes, at + 3) * 100 + digitAt(bytes, at + 4) * 10 + digitAt(bytes, at + 5);
    if (seconds > 60 || ms > 999) return false;
    this.#referenceMs = this.#minuteMs + seconds * 1000 + ms;
    this.#lastWord = word;
    return true;
  }

  #startOfMinute(minute: string): number | undefined {
    const dateEnd = minute.indexOf(" ");
    const month = twoDigits(minute, dateEnd - 4);
    const day = twoDigits(minute, dateEnd - 2);
    const hour = twoDigits(minute, dateEnd + 1);
    const min = twoDigits(minute, dateEnd + 4);
    if (hour > 23 || min > 59) return undefined;
    if (dateEnd === 8) return localTime(Number(minute.slice(0, 4)), month, day, hour, min);
    return inNearestYear(this.#referenceMs, (year) => localTime(year, month, day, hour, min));
  }
}

function digitAt(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] as number) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : 1000;
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30;
}
