import { PlatformError } from "../../error.js";

/** Reads a filter, a sort or a column from left to right. */
export class Scanner {
  readonly text: string;
  at = 0;
  private readonly what: string;

  /**
   * @param text - what a client wrote
   * @param what - what it is, for messages
   */
  constructor(text: string, what: string) {
    this.text = text;
    this.what = what;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Takes what a sticky expression matches here. @returns it; `undefined` for nothing */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined || found === "") return undefined;
    this.at += found.length;
    return found;
  }

  /** Takes what must be here. @param problem - where it is not @throws PlatformError `bad_request` */
  expect(pattern: RegExp, problem: string): string {
    return this.take(pattern) ?? this.fail(problem);
  }

  skipSpace(): void {
    this.take(/\s+/y);
  }

  /** @returns the text of a JSON string or, in backquotes, of an odd name (two backquotes for one); `undefined` where none begins here */
  takeQuoted(): string | undefined {
    const start = this.at;
    const quote = this.text[start];
    if (quote === "`") {
      const name = this.expect(/`(?:[^`]|``)*`/y, "the backquote is not closed");
      return name.slice(1, -1).replaceAll("``", "`");
    }
    if (quote !== '"') return undefined;
    const json = this.expect(/"(?:[^"\\]|\\.)*"/y, "the quotation mark is not closed");
    try {
      return JSON.parse(json) as string;
    } catch {
      return this.fail(`${json} is not a JSON string`, start);
    }
  }

  /** @param at - place of the mistake, in UTF-16 units @throws PlatformError `bad_request` */
  fail(problem: string, at: number = this.at): never {
    const place = at >= this.text.length ? "at its end" : `at character ${Array.from(this.text.slice(0, at)).length + 1}`;
    throw new PlatformError("bad_request", `${this.what} ${JSON.stringify(this.text)}, ${place}: ${problem}.`);
  }
}
