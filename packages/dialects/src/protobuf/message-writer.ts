const encoder = new TextEncoder();
const SMALLEST_BUFFER = 64;

/** Writes a protobuf message, field by field. */
export class MessageWriter {
  private bytes = new Uint8Array(SMALLEST_BUFFER);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  /** @returns what was written, as bytes of its own */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** @param field - its number @param value - an integer; what a float64 does not hold as one is rounded to it */
  integer(field: number, value: number): this {
    this.varint((field << 3) | 0);
    this.varint(BigInt.asUintN(64, BigInt(Math.trunc(value))));
    return this;
  }

  /** @param field - its number @param value - a float64 */
  double(field: number, value: number): this {
    this.varint((field << 3) | 1);
    this.room(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
    return this;
  }

  /** @param field - its number @param value - a float32 */
  float(field: number, value: number): this {
    this.varint((field << 3) | 5);
    this.room(4);
    this.view.setFloat32(this.length, value, true);
    this.length += 4;
    return this;
  }

  /** @param field - its number @param value - text, bytes, or a message */
  content(field: number, value: string | Uint8Array | MessageWriter): this {
    const bytes = typeof value === "string" ? encoder.encode(value) : value instanceof MessageWriter ? value.finish() : value;
    this.varint((field << 3) | 2);
    this.varint(bytes.length);
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  private varint(value: number | bigint): void {
    this.room(10);
    let rest = BigInt(value);
    for (; rest >= 0x80n; rest >>= 7n) this.bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
    this.bytes[this.length++] = Number(rest);
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + bytes));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
