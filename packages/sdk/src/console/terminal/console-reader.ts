import { indexOfByte } from "../index-of-byte.js";
import { CONTROL_BYTES, FRAME_BYTES, TerminalLine } from "./terminal-line.js";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * @param text - what the terminal shows, escape sequences removed, invalid UTF-8 as U+FFFD
 * @param line - number of the physical line, from 1; lines end at `\n` only
 */
export type TextListener = (text: string, line: number) => void;

/**
 * Reads the bytes of a whole line before they are decoded.
 *
 * @param bytes - a chunk of output
 * @param start - index of the line's first byte
 * @param end - index after its last byte, line end not included
 * @param line - number of the physical line, from 1
 * @returns false when the text of the line is not wanted
 */
export type ByteListener = (bytes: Uint8Array, start: number, end: number, line: number) => boolean;

/**
 * Reads lines in advance of the reader.
 *
 * @param bytes - a chunk of output
 * @param cursor - first byte of a line and the line's number; moved behind the lines that were read
 * @param end - index behind the last byte that may be read: those before are text and line ends
 */
export type AheadListener = (bytes: Uint8Array, cursor: { at: number; line: number }, end: number) => void;

/**
 * Turns console bytes in chunks of any size into text: one text for a plain line, one for every frame of a rewritten line (a progress
 * bar), in order. A frame is told when the next one begins, so the frame on the screen is told last and a half-written one never.
 * Needs memory for one frame.
 */
export class ConsoleReader {
  readonly #onText: TextListener;
  readonly #onBytes: ByteListener | undefined;
  readonly #onAhead: AheadListener | undefined;
  readonly #terminal: TerminalLine;
  readonly #cursor = { at: 0, line: 1 };
  #truncated = 0;

  /**
   * @param onText - called within {@link write} and {@link end}
   * @param onBytes - asked for lines that lie whole in a chunk and need no terminal; all other text is a frame
   * @param onAhead - asked before that
   * @param onFrame - asked for frames, as the terminal shows them: their bytes lie in a buffer that is used again
   */
  constructor(onText: TextListener, onBytes?: ByteListener, onAhead?: AheadListener, onFrame?: ByteListener) {
    this.#onText = onText;
    this.#onBytes = onBytes;
    this.#onAhead = onAhead;
    this.#terminal = new TerminalLine(
      (text, truncated) => {
        if (truncated) this.#truncated += 1;
        onText(text, this.#cursor.line);
      },
      (bytes, start, end) => onFrame === undefined || start === end || onFrame(bytes, start, end, this.#cursor.line),
    );
  }

  /** Frames that were longer than FRAME_BYTES and lost their ends. */
  get truncatedFrames(): number {
    return this.#truncated;
  }

  /** Number of the physical line that is being read, from 1. */
  get line(): number {
    return this.#cursor.line;
  }

  /**
   * @param bytes - the next bytes; may be reused by the caller afterwards
   */
  write(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const nextControl = controlFinder(chunk);
    const cursor = this.#cursor;
    cursor.at = 0;
    let control = -1;
    for (;;) {
      if (control < cursor.at) control = nextControl(cursor.at);
      const isOpen = cursor.at === 0 && this.#terminal.open;
      if (!isOpen) this.#onAhead?.(chunk, cursor, control);
      const start = cursor.at;
      const newline = indexOfByte(chunk, NEWLINE, start);
      if (newline === -1) break;
      // `\r\n` is one line end.
      const end = control === newline - 1 && chunk[control] === CARRIAGE_RETURN ? control : newline;
      if (control < end || end - start > FRAME_BYTES || isOpen) {
        this.#terminal.write(chunk, start, newline);
        this.#terminal.end();
      } else if (this.#onBytes === undefined || this.#onBytes(chunk, start, end, cursor.line)) {
        this.#onText(chunk.toString("utf8", start, end), cursor.line);
      }
      cursor.line += 1;
      cursor.at = newline + 1;
    }
    if (cursor.at < chunk.length) this.#terminal.write(chunk, cursor.at, chunk.length);
  }

  /** Tells what stands after the last line end. */
  end(): void {
    if (this.#terminal.open) this.#terminal.end();
  }
}

/** Finds the first control byte at or after a growing position; every byte value is searched once a chunk where it does not occur. */
function controlFinder(chunk: Buffer): (from: number) => number {
  const next = CONTROL_BYTES.map(() => -1);
  return (from) => {
    let nearest = chunk.length;
    for (let index = 0; index < CONTROL_BYTES.length; index += 1) {
      if ((next[index] as number) < from) {
        const found = indexOfByte(chunk, CONTROL_BYTES[index] as number, from);
        next[index] = found === -1 ? chunk.length : found;
      }
      nearest = Math.min(nearest, next[index] as number);
    }
    return nearest;
  };
}
