/**
 * Bytes of one frame that are kept, escape sequences not counted. A metric line has some hundred; what is longer is a dumped tensor or a
 * binary file, and without a cap a stream without line ends would fill the memory.
 */
export const FRAME_BYTES = 65_536;

const BACKSPACE = 0x08;
const CARRIAGE_RETURN = 0x0d;
const ESCAPE = 0x1b;
const BELL = 0x07;

/** The bytes that a terminal acts upon or swallows; a line with none of them is its own text. */
export const CONTROL_BYTES: readonly number[] = [0x00, BELL, BACKSPACE, CARRIAGE_RETURN, ESCAPE];

/** So many are copied one by one faster than by an array of them. */
const FEW_BYTES = 64;

/** Where in an escape sequence the last byte was (ECMA-48): text, after ESC, in `ESC [ ...`, in `ESC ] ...` and its kin, after ESC in those. */
type State = "text" | "escape" | "csi" | "string" | "string-escape";

/**
 * What a terminal would show of one physical line, frame by frame: `\r` and cursor movements start the text anew, `\b` takes back a
 * character, escape sequences are removed. A frame is told as soon as the byte that ends it has come.
 */
export class TerminalLine {
  readonly #onFrame: (text: string, truncated: boolean) => void;
  readonly #wantsText: (bytes: Uint8Array, start: number, end: number) => boolean;
  #bytes: Buffer = Buffer.allocUnsafe(1024);
  #length = 0;
  #dropped = 0;
  #state: State = "text";
  #parameter = 0;
  /** The cursor stands at the start: the next text replaces what is there. */
  #returned = false;
  /** Text has come since the last frame was told. */
  #changed = false;
  #frames = 0;
  #open = false;

  /**
   * @param onFrame - called for every frame; `truncated` when more than {@link FRAME_BYTES} came
   * @param wantsText - asked with the bytes of every frame that is not truncated, not kept; where it says no, the frame is not told as text
   */
  constructor(
    onFrame: (text: string, truncated: boolean) => void,
    wantsText: (bytes: Uint8Array, start: number, end: number) => boolean = () => true,
  ) {
    this.#onFrame = onFrame;
    this.#wantsText = wantsText;
  }

  /** Whether something of the line has come. */
  get open(): boolean {
    return this.#open;
  }

  /**
   * @param bytes - part of the line, without `\n`
   * @param start - index of the first byte
   * @param end - index after the last byte
   */
  write(bytes: Uint8Array, start: number, end: number): void {
    if (start < end) this.#open = true;
    let at = start;
    while (at < end) {
      if (this.#state !== "text") {
        if (this.#inSequence(bytes[at] as number)) at += 1;
        continue;
      }
      const from = at;
      while (at < end && isText(bytes[at] as number)) at += 1;
      if (at < end && bytes[at] === CARRIAGE_RETURN && this.#takesWhole(bytes, from, at)) {
        at += 1;
        continue;
      }
      if (at > from) this.#append(bytes, from, at);
      if (at < end) at = this.#control(bytes, at, end);
    }
  }

  /** Ends the line: tells its open frame, or an empty one when it had none, and is ready for the next line. */
  end(): void {
    if (this.#returned) this.#clear();
    if (this.#frames === 0 && !this.#changed) this.#onFrame("", false);
    this.#tell();
    this.#clear();
    this.#state = "text";
    this.#frames = 0;
    this.#open = false;
  }

  /** Tells a frame that lies whole between two returns, as most frames of bars do, from where it is. @returns false where it has to be kept first */
  #takesWhole(bytes: Uint8Array, start: number, end: number): boolean {
    const isAlone = (this.#returned || this.#length === 0) && !this.#changed && this.#dropped === 0;
    if (!isAlone || end === start || end - start > FRAME_BYTES) return false;
    if (this.#wantsText(bytes, start, end))
      this.#onFrame(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(), false);
    this.#clear();
    this.#returned = true;
    this.#frames += 1;
    return true;
  }

  /** @returns index behind the control bytes that were acted upon */
  #control(bytes: Uint8Array, start: number, end: number): number {
    const byte = bytes[start];
    let at = start + 1;
    if (byte === CARRIAGE_RETURN) this.#restart();
    else if (byte === BACKSPACE) {
      while (at < end && bytes[at] === BACKSPACE) at += 1;
      this.#back(at - start);
    } else if (byte === ESCAPE) {
      const colored = colorEnd(bytes, start, end);
      if (colored > 0) return colored;
      this.#state = "escape";
    }
    return at;
  }

  /** @returns whether the byte belonged to the sequence; if not it is to be read again as text or control */
  #inSequence(byte: number): boolean {
    switch (this.#state) {
      case "escape":
        return this.#afterEscape(byte);
      case "csi":
        return this.#inCsi(byte);
      case "string-escape":
        this.#state = "text";
        return byte === 0x5c;
      default:
        // A string that is never closed must not hide the frames after it.
        if (byte === CARRIAGE_RETURN) this.#state = "text";
        else if (byte === BELL) this.#state = "text";
        else if (byte === ESCAPE) this.#state = "string-escape";
        return byte !== CARRIAGE_RETURN;
    }
  }

  #afterEscape(byte: number): boolean {
    if (byte >= 0x20 && byte <= 0x2f) return true;
    this.#state = "text";
    if (byte < 0x30 || byte > 0x7e) return false;
    if (byte === 0x5b) {
      this.#state = "csi";
      this.#parameter = 0;
    } else if ("]PX^_".includes(String.fromCharCode(byte))) this.#state = "string";
    else if (byte === 0x4d) this.#restart();
    return true;
  }

  #inCsi(byte: number): boolean {
    if (byte >= 0x30 && byte <= 0x39) this.#parameter = Math.min(this.#parameter * 10 + byte - 0x30, FRAME_BYTES);
    if (byte >= 0x20 && byte <= 0x3f) return true;
    this.#state = "text";
    if (byte < 0x40 || byte > 0x7e) return false;
    const final = String.fromCharCode(byte);
    if (final === "D") this.#back(Math.max(this.#parameter, 1));
    // Up, down, next, previous, column, position, row: what follows stands elsewhere.
    else if ("ABEFGHdf".includes(final)) this.#restart();
    return true;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    if (this.#returned) this.#clear();
    const kept = Math.min(end - start, FRAME_BYTES - this.#length);
    this.#dropped += end - start - kept;
    if (this.#length + kept > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.min(FRAME_BYTES, Math.max(this.#bytes.length * 2, this.#length + kept)));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    if (kept > FEW_BYTES) this.#bytes.set(bytes.subarray(start, start + kept), this.#length);
    else for (let at = 0; at < kept; at += 1) this.#bytes[this.#length + at] = bytes[start + at] as number;
    this.#length += kept;
    this.#changed = true;
  }

  #restart(): void {
    this.#tell();
    this.#returned = true;
  }

  #back(characters: number): void {
    this.#tell();
    if (this.#returned) return;
    for (let left = characters; left > 0 && this.#length > 0; left -= 1) {
      if (this.#dropped > 0) this.#dropped -= 1;
      // Down to the first byte of a UTF-8 character.
      else
        do this.#length -= 1;
        while (this.#length > 0 && ((this.#bytes[this.#length] as number) & 0xc0) === 0x80);
    }
  }

  #tell(): void {
    if (!this.#changed) return;
    this.#changed = false;
    this.#frames += 1;
    if (this.#dropped === 0 && !this.#wantsText(this.#bytes, 0, this.#length)) return;
    const text = this.#bytes.toString("utf8", 0, this.#length);
    if (this.#dropped === 0) this.#onFrame(text, false);
    // Cut at a blank, so that the first half of a number is not read.
    else this.#onFrame(text.slice(0, Math.max(text.lastIndexOf(" "), 0) || text.length), true);
  }

  #clear(): void {
    this.#length = 0;
    this.#dropped = 0;
    this.#returned = false;
  }
}

/** Index behind a whole sequence that only sets colours, `ESC [ 1 ; 31 m`; -1 where another begins. */
function colorEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start + 1] !== 0x5b) return -1;
  let at = start + 2;
  while (at < end && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x3b) at += 1;
  return at < end && bytes[at] === 0x6d ? at + 1 : -1;
}

function isText(byte: number): boolean {
  return byte > ESCAPE || (byte !== ESCAPE && byte !== CARRIAGE_RETURN && byte !== BACKSPACE && byte !== BELL && byte !== 0);
}
