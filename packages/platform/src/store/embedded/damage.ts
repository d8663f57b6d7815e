import { systemCode } from "../../error.js";

/** A place in the store that does not hold what was written there. */
export interface Damage {
  file: string;
  /** Table and key of the row, or offset in a log segment. */
  place: string;
  /** What is wrong, and what is missing therefore. */
  what: string;
}

/** What a person can do. */
export const DAMAGE_ADVICE = "To get it back, stop ava-platform and put the whole data folder back from a copy";

/** Damage that is told one by one; the rest is left to `ava-platform check`. */
const MAX_TOLD = 20;

/** Damage that was found in one file, each place once. */
export class DamageList {
  readonly file: string;
  private readonly found = new Map<string, Damage>();
  private readonly warn: (message: string) => void;

  /**
   * @param file - path of the file
   * @param warn - told of the first places
   */
  constructor(file: string, warn: (message: string) => void = () => undefined) {
    this.file = file;
    this.warn = warn;
  }

  get all(): readonly Damage[] {
    return [...this.found.values()];
  }

  get size(): number {
    return this.found.size;
  }

  /**
   * Notes damage, and tells it unless it is known.
   *
   * @returns a message about it
   */
  add(place: string, what: string): string {
    const message = `Damage in ${this.file}, ${place}: ${what}. ${DAMAGE_ADVICE}.`;
    if (!this.found.has(place)) {
      this.found.set(place, { file: this.file, place, what });
      if (this.found.size <= MAX_TOLD) this.warn(`store_damaged: ${message} Everything else is served.`);
      else if (this.found.size === MAX_TOLD + 1) this.warn("store_damaged: More was found; `ava-platform check` lists all of it.");
    }
    return message;
  }
}

/** @returns whether SQLite found that its file is not what it wrote */
export function isDamagedFile(error: unknown): error is Error {
  // SQLITE_ERROR: our statements are right, so the description of a table is not what it was.
  const isNamed = /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(systemCode(error) ?? "");
  // The binding leaves some of SQLite's errors without a code.
  return error instanceof Error && (isNamed || /malformed|not a database|no such (?:column|table|index)/.test(error.message));
}

/** @returns whether SQLite could not read its file, for whatever reason */
export function isBrokenFile(error: unknown): error is Error {
  return isDamagedFile(error) || systemCode(error)?.startsWith("SQLITE_IOERR") === true;
}
