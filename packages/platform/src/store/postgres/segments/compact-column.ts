import { type Column, encodeColumn, KIND } from "../../levels/column.js";

/** Kinds beside those of chunks: all numbers are the same; they are those of a column before. */
const CONSTANT = 16;
const REPEATED = 17;

const ROW_BYTES: Record<number, number> = { [KIND.u8]: 1, [KIND.u16]: 2, [KIND.u32]: 4, [KIND.f32]: 4, [KIND.f64]: 8 };

/** Writes columns of numbers behind each other, each in the smallest form that gives them back exactly; unlike those of chunks they cannot be read in place. */
export class CompactWriter {
  private readonly parts: Buffer[] = [];
  private readonly columns: Float64Array[] = [];

  /** @param values - at least one; as many as in the columns before */
  add(values: Float64Array): void {
    const same = this.columns.findIndex((column) => column.every((value, row) => Object.is(value, values[row])));
    this.columns.push(values);
    const column = encodeColumn(values, values.length, true);
    if (column.rest === undefined && column.stride === 0) this.parts.push(Buffer.from([CONSTANT]), doubles(column.base));
    else if (same >= 0) this.parts.push(Buffer.from([REPEATED, same]));
    else this.addColumn(column);
  }

  /** @returns all columns */
  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  private addColumn({ kind, base, stride, unit, rest }: Column): void {
    this.parts.push(Buffer.from([kind]));
    if (kind === KIND.affine) this.parts.push(doubles(base, stride));
    else if (kind < KIND.f32) this.parts.push(doubles(base, stride, unit));
    if (rest !== undefined) this.parts.push(Buffer.from(rest.buffer, rest.byteOffset, rest.byteLength));
  }
}

/** Reads columns of {@link CompactWriter}, in their order. */
export class CompactReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly count: number;
  private readonly columns: Float64Array[] = [];
  private at: number;

  /** @param at - where they begin @param count - numbers in a column */
  constructor(bytes: Uint8Array, at: number, count: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.count = count;
  }

  /** @throws RangeError where the bytes end too early */
  next(): Float64Array {
    const values = this.read(this.view.getUint8(this.at++));
    this.columns.push(values);
    return values;
  }

  private read(kind: number): Float64Array {
    const { count } = this;
    if (kind === REPEATED) return this.columns[this.view.getUint8(this.at++)]!;
    if (kind === CONSTANT) return new Float64Array(count).fill(this.double());
    if (kind >= KIND.f32) return new Float64Array(this.rows(kind));
    const [base, stride] = [this.double(), this.double()];
    const unit = kind === KIND.affine ? 0 : this.double();
    const values = kind === KIND.affine ? new Float64Array(count) : new Float64Array(this.rows(kind));
    for (let row = 0; row < count; row++) values[row] = base + row * stride + values[row]! * unit;
    return values;
  }

  private rows(kind: number): Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array {
    const start = this.at;
    this.at += ROW_BYTES[kind]! * this.count;
    if (this.at > this.bytes.length) throw new RangeError("the columns end too early");
    // A copy: the rows may begin anywhere.
    const { buffer } = new Uint8Array(this.bytes.subarray(start, this.at));
    if (kind === KIND.u8) return new Uint8Array(buffer);
    if (kind === KIND.u16) return new Uint16Array(buffer);
    if (kind === KIND.u32) return new Uint32Array(buffer);
    return kind === KIND.f32 ? new Float32Array(buffer) : new Float64Array(buffer);
  }

  private double(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }
}

function doubles(...values: number[]): Buffer {
  return Buffer.from(Float64Array.from(values).buffer);
}
