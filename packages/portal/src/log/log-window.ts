import type { LogsAnswer } from "ava-protocol";
import type { LogPartQuery } from "../api/logs.js";
import { type LogLine, Terminal } from "./terminal.js";

/** A line with its number from 1, once that is known. */
export interface NumberedLine extends LogLine {
  number: number | undefined;
}

/** What is shown of a log: lines that follow each other. */
export interface LogShown {
  lines: readonly NumberedLine[];
  fromBytes: number;
  toBytes: number;
  sizeBytes: number;
  /** What the platform says of damage. */
  damage: readonly string[];
}

/** Lines read at first from the end of a log. */
const FIRST_LINES = 1000;
/** Bytes of a part: about a thousand lines. */
const PART_BYTES = 65_536;
/** Lines of a part that are kept; a part of shorter lines gives up its beginning, and is asked for again when the reader goes back. */
const MOST_PART_LINES = 1500;
/** Lines shown at once; beyond them parts far from the reader are given up. */
const MOST_LINES = 4500;

interface Part {
  terminal: Terminal;
  lines: readonly LogLine[];
  /** First byte of what is kept. */
  from: number;
  to: number;
  /** Its last line has no end yet. */
  isOpen: boolean;
  damage: readonly string[];
}

/** Asks for a part of a log. */
export type LoadLog = (part: LogPartQuery) => Promise<LogsAnswer>;

/** A stretch of a log, as long as can be shown, which moves as the reader does: a log of any size is never there as a whole. */
export class LogWindow {
  private readonly load: LoadLog;
  private parts: Part[] = [];
  private size = 0;
  /** Number of the first line that is kept. */
  private firstLine: number | undefined;

  /** @param load - asks the API; what fails changes nothing here */
  constructor(load: LoadLog) {
    this.load = load;
  }

  /** @returns what is shown now */
  shown(): LogShown {
    let first = this.firstLine;
    return {
      lines: this.parts.flatMap((part) => {
        const from = first === undefined ? undefined : first - skipped(part);
        first = first === undefined ? undefined : first + keptEnds(part);
        return part.lines.map((line) => ({ ...line, number: from === undefined ? undefined : from + line.line }));
      }),
      fromBytes: this.parts[0]?.from ?? 0,
      toBytes: this.end,
      sizeBytes: this.size,
      damage: [...new Set(this.parts.flatMap(({ damage }) => damage))],
    };
  }

  /** Reads the first part: around a place, or the end of the log. */
  async open(offset: number | undefined): Promise<void> {
    const answer = await this.load(offset === undefined ? { tail: FIRST_LINES } : { offset, limit: PART_BYTES });
    this.firstLine = undefined;
    this.parts = [partOf(firstLines(this.told(answer)))];
    if (offset !== undefined) await this.readBefore();
  }

  /** Learns the numbers of the lines: in a large log that takes a while. */
  async number(): Promise<void> {
    const first = this.parts[0];
    if (first === undefined || this.firstLine !== undefined) return;
    const { line } = await this.load({ offset: first.from, limit: 4, lines: "1" });
    const place = this.parts.indexOf(first);
    if (place >= 0) this.firstLine = line! - this.parts.slice(0, place).reduce((sum, part) => sum + keptEnds(part), 0);
  }

  /** Reads what lies in front of what is shown. @returns whether there was something */
  async readBefore(): Promise<boolean> {
    const before = this.parts[0]?.from ?? 0;
    if (before === 0) return false;
    const part = partOf(this.told(await this.load({ before, limit: PART_BYTES })));
    if (part.to !== before || part.from === before) return false;
    this.parts.unshift(part);
    if (this.firstLine !== undefined) this.firstLine -= keptEnds(part);
    while (this.isLong) this.parts.pop();
    return true;
  }

  /** Reads what follows what is shown. @returns whether there was something */
  async readAfter(): Promise<boolean> {
    const answer = this.told(await this.load({ offset: this.end, limit: PART_BYTES }));
    if (answer.nextOffset === answer.offset) return false;
    const last = this.parts.at(-1);
    // A line that was cut by the end of the log goes on in the terminal that has its beginning.
    if (last !== undefined && (last.isOpen || last.to - last.from < PART_BYTES)) {
      const before = skipped(last);
      feed(last, answer);
      const lost = skipped(last) - before;
      // Its beginning was given up, and with that what lies before it.
      if (lost > 0) {
        this.giveUp(this.parts.length - 1);
        if (this.firstLine !== undefined) this.firstLine += lost;
      }
    } else this.parts.push(partOf(firstLines(answer)));
    while (this.isLong) this.giveUp(1);
    return true;
  }

  /** Reads on to the end of the log; where that is far, only its last lines. */
  async readToEnd(sizeBytes: number): Promise<void> {
    if (sizeBytes - this.end > MOST_LINES * 100) return this.open(undefined);
    while (this.end < this.size || this.size < sizeBytes) if (!(await this.readAfter())) return;
  }

  private giveUp(parts: number): void {
    for (const part of this.parts.splice(0, parts)) if (this.firstLine !== undefined) this.firstLine += keptEnds(part);
  }

  private get end(): number {
    return this.parts.at(-1)?.to ?? 0;
  }

  private get isLong(): boolean {
    return this.parts.length > 2 && this.parts.reduce((sum, { lines }) => sum + lines.length, 0) > MOST_LINES;
  }

  private told(answer: LogsAnswer): LogsAnswer {
    this.size = answer.size;
    return answer;
  }
}

function partOf(answer: LogsAnswer): Part {
  const terminal = new Terminal(MOST_PART_LINES, answer.offset);
  const { offset } = answer;
  const part: Part = { terminal, lines: [], from: offset, to: offset, isOpen: false, damage: [] };
  feed(part, answer);
  return part;
}

/** @returns line ends of a part before what is kept */
function skipped({ lines }: Part): number {
  return lines[0]?.line ?? 0;
}

function keptEnds(part: Part): number {
  return part.terminal.lineEnds - skipped(part);
}

function feed(part: Part, { text, nextOffset, damage = [] }: LogsAnswer): void {
  part.terminal.feed(text);
  part.lines = part.terminal.lines();
  if (part.terminal.droppedLines > 0) part.from = part.lines[0]!.offset;
  part.to = nextOffset;
  part.isOpen = text !== "" && !text.endsWith("\n");
  part.damage = [...part.damage, ...damage];
}

/** @returns as much of a part as is kept from its beginning on */
function firstLines(answer: LogsAnswer): LogsAnswer {
  const { text, offset } = answer;
  let end = -1;
  for (let lines = 0; lines < MOST_PART_LINES; lines++) {
    end = text.indexOf("\n", end + 1);
    if (end < 0) return answer;
  }
  const kept = text.slice(0, end + 1);
  return { ...answer, text: kept, nextOffset: offset + new TextEncoder().encode(kept).length };
}
