import { applySgr, PLAIN } from "./sgr.js";

/** Text of one style; `style` is a space-separated list of class names, empty for plain text. */
export interface Segment {
  text: string;
  style: string;
}

interface Row {
  id: number;
  offset: number;
  line: number;
  cells: string[];
  styles: string[];
  segments: readonly Segment[] | undefined;
}

/** One line as it is shown; equal `segments` mean that it did not change. */
export interface LogLine {
  id: number;
  /** First byte of the text that began it. */
  offset: number;
  /** Line ends in front of that, since the terminal's beginning. */
  line: number;
  segments: readonly Segment[];
}

/** Rows above the newest one that a program can still reach with the cursor: several progress bars below each other. */
const SCREEN_ROWS = 64;
/** A row that grows beyond this is continued on the next one, so that one endless line cannot freeze the page. */
const MOST_COLUMNS = 4000;

/**
 * Turns a run's output into lines as a terminal shows them: `\r`, backspace, erasing and cursor movement edit what is there, so a progress
 * bar is one line that changes; colours become styles; everything else that only a terminal understands is left out.
 */
export class Terminal {
  /** Lines that were dropped at the top because there were too many. */
  droppedLines = 0;
  /** Line ends so far. */
  lineEnds = 0;
  private readonly mostLines: number;
  private readonly start: number;
  private offset: number;
  private rows: Row[] = [];
  private nextId = 0;
  private row = 0;
  private column = 0;
  private style = PLAIN;
  /** Start of an escape sequence that was cut by the end of a piece. */
  private unfinished = "";

  /**
   * @param mostLines - lines kept
   * @param offset - first byte of the text that comes
   */
  constructor(mostLines: number, offset = 0) {
    this.mostLines = mostLines;
    this.start = offset;
    this.offset = offset;
  }

  /** @returns the lines, oldest first; a last line that is empty is left out */
  lines(): LogLine[] {
    const shown = this.rows.at(-1)?.cells.length === 0 ? this.rows.slice(0, -1) : this.rows;
    return shown.map((row) => ({ id: row.id, offset: row.offset, line: row.line, segments: (row.segments ??= segmentsOf(row)) }));
  }

  /** @param piece - the next text, cut anywhere */
  feed(piece: string): void {
    const text = this.unfinished + piece;
    this.unfinished = "";
    // oxlint-disable-next-line eslint/no-control-regex -- escape sequences are control characters
    const pattern =
      /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Za-z]|[=>78A-Zc])|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/gy;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const [whole, parameters, final] = match;
      if (whole === "\x1b") {
        // A lone escape: the rest of its sequence comes with the next piece, unless this is a long way from the end and so no sequence at all.
        if (text.length - match.index < 256) {
          this.unfinished = text.slice(match.index);
          return;
        }
      } else if (final !== undefined) this.control(parameters ?? "", final);
      else if (whole.charCodeAt(0) < 32 || whole === "\x7f") this.move(whole);
      else this.print(whole);
      this.offset += byteLength(whole);
    }
  }

  private print(text: string): void {
    for (const character of text) {
      if (this.column >= MOST_COLUMNS) this.newLine(this.offset);
      const row = this.current();
      while (row.cells.length < this.column) {
        row.cells.push(" ");
        row.styles.push("");
      }
      row.cells[this.column] = character;
      row.styles[this.column] = this.style.classes;
      this.column += 1;
      row.segments = undefined;
    }
  }

  private move(control: string): void {
    if (control === "\n") {
      this.lineEnds += 1;
      this.newLine(this.offset + 1);
    } else if (control === "\r") this.column = 0;
    else if (control === "\b") this.column = Math.max(this.column - 1, 0);
    else if (control === "\t") this.column = Math.min((Math.floor(this.column / 8) + 1) * 8, MOST_COLUMNS);
  }

  private control(parameters: string, final: string): void {
    const count = Math.max(Number.parseInt(parameters, 10) || 1, 1);
    if (final === "m") this.style = applySgr(this.style, parameters);
    else if (final === "K") this.erase(Number.parseInt(parameters, 10) || 0);
    else if (final === "A" || final === "F") this.row = Math.max(this.row - count, this.rows.length - SCREEN_ROWS, 0);
    else if (final === "B" || final === "E") this.row = Math.min(this.row + count, Math.max(this.rows.length - 1, 0));
    else if (final === "C") this.column = Math.min(this.column + count, MOST_COLUMNS);
    else if (final === "D") this.column = Math.max(this.column - count, 0);
    if (final === "G") this.column = Math.min(count - 1, MOST_COLUMNS);
    if (final === "E" || final === "F") this.column = 0;
  }

  private erase(mode: number): void {
    const row = this.current();
    const [from, to] = mode === 0 ? [this.column, row.cells.length] : mode === 1 ? [0, this.column + 1] : [0, row.cells.length];
    if (to >= row.cells.length) {
      row.cells.length = Math.min(from, row.cells.length);
      row.styles.length = row.cells.length;
    } else {
      row.cells.fill(" ", from, to);
      row.styles.fill("", from, to);
    }
    row.segments = undefined;
  }

  private newLine(offset: number): void {
    this.current();
    this.row += 1;
    this.column = 0;
    this.current(offset);
  }

  private current(offset = this.offset): Row {
    while (this.rows.length <= this.row) {
      const isFirst = this.nextId === 0;
      this.rows.push({
        id: this.nextId++,
        offset: isFirst ? this.start : offset,
        line: this.lineEnds,
        cells: [],
        styles: [],
        segments: undefined,
      });
      this.seal();
    }
    return this.rows[this.row]!;
  }

  /** Gives up the cells of a row that the cursor can no longer reach, and rows beyond the limit. */
  private seal(): void {
    const old = this.rows[this.rows.length - SCREEN_ROWS - 1];
    if (old !== undefined) {
      old.segments ??= segmentsOf(old);
      old.cells = old.segments.length === 0 ? [] : [" "];
      old.styles = [];
    }
    if (this.rows.length <= this.mostLines) return;
    this.rows.shift();
    this.row -= 1;
    this.droppedLines += 1;
  }
}

const encoder = new TextEncoder();

/** @returns bytes of a text as UTF-8 */
function byteLength(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return encoder.encode(text).length;
  return text.length;
}

function segmentsOf(row: Row): Segment[] {
  const segments: Segment[] = [];
  for (let i = 0; i < row.cells.length; i++) {
    const last = segments.at(-1);
    if (last !== undefined && last.style === row.styles[i]) last.text += row.cells[i];
    else segments.push({ text: row.cells[i]!, style: row.styles[i]! });
  }
  return segments;
}
