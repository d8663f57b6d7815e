const decoder = new TextDecoder();
/** Bytes of the longest varint. */
const MOST_VARINT_BYTES = 10;
const WIRE = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

/** Bytes that are not a protobuf message. */
export class DamagedMessageError extends Error {
  /** @param message - what is wrong */
  constructor(message: string) {
    super(message);
    this.name = "DamagedMessageError";
  }
}

/**
 * Walks over the fields of a protobuf message: {@link next} goes to one, the other methods read it. Fields that are not asked for are passed over, as are types
 * that do not fit: a reader of a few messages needs no library and no generated code.
 */
export class MessageReader {
  /** Number of the field. */
  field = 0;
  private wire = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;
  /** Halves of the varint. */
  private low = 0;
  private high = 0;
  /** Where the value is. */
  private start = 0;

  /** @param bytes - of the message */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Goes to the next field. @returns whether there is one @throws DamagedMessageError */
  next(): boolean {
    if (this.at === this.bytes.length) return false;
    this.readVarint();
    this.field = this.low >>> 3;
    this.wire = this.low & 7;
    if (this.field === 0) throw new DamagedMessageError("a field has the number 0");
    if (this.wire === WIRE.varint) this.readVarint();
    else this.start = this.skip(this.lengthOfValue());
    return true;
  }

  /** The value as an integer with a sign; beyond 2^53 the nearest that a float64 holds. */
  integer(): number {
    return this.wire === WIRE.varint ? (this.high | 0) * 0x1_0000_0000 + (this.low >>> 0) : 0;
  }

  /** The value as a boolean. */
  boolean(): boolean {
    return this.wire === WIRE.varint && (this.low !== 0 || this.high !== 0);
  }

  /** The value as a float64, of a field `double` or `float`. */
  number(): number {
    if (this.wire === WIRE.eightBytes) return this.view.getFloat64(this.start, true);
    return this.wire === WIRE.fourBytes ? this.view.getFloat32(this.start, true) : 0;
  }

  /** The value as bytes, which are those of the message. */
  content(): Uint8Array {
    return this.wire === WIRE.bytes ? this.bytes.subarray(this.start, this.at) : new Uint8Array();
  }

  /** The value as text. */
  text(): string {
    return decoder.decode(this.content());
  }

  /** The value as a message. */
  message(): MessageReader {
    return new MessageReader(this.content());
  }

  /** Items of a repeated number, in one packed field or in one of many. @param kind - of the items @param items - to which they are added */
  addNumbers(kind: "varint" | "float" | "double", items: number[]): void {
    if (this.wire !== WIRE.bytes) {
      items.push(kind === "varint" ? this.integer() : this.number());
      return;
    }
    const packed = new MessageReader(this.content());
    while (packed.at < packed.bytes.length) items.push(packed.readItem(kind));
  }

  private readItem(kind: "varint" | "float" | "double"): number {
    if (kind === "varint") {
      this.readVarint();
      this.wire = WIRE.varint;
      return this.integer();
    }
    const start = this.skip(kind === "float" ? 4 : 8);
    return kind === "float" ? this.view.getFloat32(start, true) : this.view.getFloat64(start, true);
  }

  private lengthOfValue(): number {
    if (this.wire === WIRE.eightBytes) return 8;
    if (this.wire === WIRE.fourBytes) return 4;
    if (this.wire !== WIRE.bytes) throw new DamagedMessageError(`a field has the wire type ${this.wire}`);
    this.readVarint();
    return this.high * 0x1_0000_0000 + (this.low >>> 0);
  }

  /** @returns where the skipped bytes begin */
  private skip(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new DamagedMessageError("a field ends behind its message");
    this.at = start + length;
    return start;
  }

  private readVarint(): void {
    this.low = 0;
    this.high = 0;
    for (let count = 0; count < MOST_VARINT_BYTES; count++) {
      if (this.at >= this.bytes.length) throw new DamagedMessageError("a number ends behind its message");
      const byte = this.bytes[this.at++] as number;
      const bits = byte & 0x7f;
      if (count < 4) this.low |= bits << (7 * count);
      else if (count === 4) {
        this.low |= bits << 28;
        this.high = bits >>> 4;
      } else this.high |= bits << (7 * count - 32);
      if (byte < 0x80) {
        this.high >>>= 0;
        return;
      }
    }
    throw new DamagedMessageError("a number has more than ten bytes");
  }
}
