import type { Phase } from "../parser.js";
import { Box } from "./box.js";
import type { Below } from "./line-plan.js";
import { LinesAbove } from "./lines-above.js";
import type { TableHeader } from "./table.js";

/** Lines of something else within a block of values. */
const MOST_BETWEEN = 4;
/** Places of lines that are told apart; who prints more ways to stand somewhere pays for it. */
const MOST_PLACES = 10_000;
const NO_TEXTS: readonly string[] = [];

/** What the lines before say of the next one: all that its reading may hang on. */
export class Standing {
  readonly before: LinesAbove = new LinesAbove();
  #header: TableHeader | undefined;
  #tableOf: string | undefined;
  /** Names of columns that a line directly above the next may have begun. */
  #above: { texts: readonly string[]; line: number } = { texts: [], line: -1 };
  #box: Box | undefined;
  #isUnderWay = false;
  /** Phase of the block of values that a heading announced; null without a phase. */
  #block: Phase | null | undefined;
  /** Its heading, or the last line of it. */
  #blockLine = -1;
  #section: string | undefined;
  readonly #places = new Map<string, number>();
  #lastPlace = 0;
  /** Of {@link placeOf}, but for the line; 0 when something has changed. */
  #behind = 0;

  /** Columns of the table that was begun last. */
  get header(): TableHeader | undefined {
    return this.#header;
  }

  /** What tables are of, where a heading says so (`Evaluation results for bbox:`). */
  get tableOf(): string | undefined {
    return this.#tableOf;
  }

  /** The box that is open. */
  get box(): Box | undefined {
    return this.#box;
  }

  /** Metrics have come. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Phase word of the last line with counters. */
  get section(): string | undefined {
    return this.#section;
  }

  /** @param line - whose reading may hang on the lines before @returns the same number for all lines with the same before them */
  placeOf(line: number): number {
    if (this.#behind === 0) {
      const state = `${this.#isUnderWay} ${this.#block} ${this.#section}\n${this.#tableOf} ${this.#box?.isRuled}\n${this.#header?.key}`;
      this.#behind = this.#numberOf(state);
    }
    const above = this.aboveOf(line);
    const behind = above.length === 0 ? this.#behind : this.#numberOf(`${this.#behind}\n${above.join("\n")}`);
    return behind * 16 + this.before.placeOf(line) * 2 + (this.blockAt(line) === undefined ? 0 : 1);
  }

  #numberOf(place: string): number {
    if (this.#places.size >= MOST_PLACES) this.#places.clear();
    let number = this.#places.get(place);
    if (number === undefined) this.#places.set(place, (number = this.#lastPlace += 1));
    return number;
  }

  /** @param line - number of a line @returns the phase of the block of values that it is in, null without one; undefined outside: lines of something else end it */
  blockAt(line: number): Phase | null | undefined {
    return line - this.#blockLine <= MOST_BETWEEN ? this.#block : undefined;
  }

  /** @param line - number of a line @returns names of columns in the line above it */
  aboveOf(line: number): readonly string[] {
    return this.#above.line === line - 1 ? this.#above.texts : NO_TEXTS;
  }

  /** @returns the box that is open, or else a new one between bars */
  openBox(): Box {
    this.#box ??= new Box(false);
    return this.#box;
  }

  /** @returns the box that was open: it ends */
  closeBox(): Box | undefined {
    const box = this.#box;
    this.#box = undefined;
    if (box?.isRuled === true) this.#behind = 0;
    return box;
  }

  /** A line counts: blocks of values end. @param section - its phase word */
  count(section: string | undefined): void {
    this.#stand(undefined, section);
  }

  /** @param line - that told values or counters @param hasValues - whether it told values */
  add(line: number, hasValues: boolean): void {
    this.before.add(line, hasValues);
    if (!hasValues || this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#behind = 0;
  }

  /** @param line - with values: it is part of the block that it is in */
  goOn(line: number): void {
    if (this.blockAt(line) !== undefined) this.#blockLine = line;
  }

  /** @param below - what a line says of those below it @param line - its number */
  announce({ header, tableOf, above, isRuled, block, section, isParameter }: Below, line: number): void {
    if (isParameter === true) this.before.addParameter(line);
    if (isRuled === true) {
      this.#box = new Box(true);
      this.#behind = 0;
    }
    if (above !== undefined) this.#above = { texts: above, line };
    if (tableOf !== undefined && tableOf !== this.#tableOf) {
      this.#tableOf = tableOf;
      this.#behind = 0;
    }
    if (header !== undefined && header.key !== this.#header?.key) {
      this.#header = header;
      this.#behind = 0;
    }
    if (block !== undefined) this.#blockLine = line;
    this.#stand(block === undefined ? this.#block : block, section ?? this.#section);
  }

  #stand(block: Phase | null | undefined, section: string | undefined): void {
    if (block === this.#block && section === this.#section) return;
    this.#block = block;
    this.#section = section;
    this.#behind = 0;
  }
}
