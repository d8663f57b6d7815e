/** Numbers of the column kinds in a chunk, see docs/formats/store.md. */
export const KIND = { affine: 0, u8: 1, u16: 2, u32: 3, f32: 4, f64: 5 } as const;

type ColumnArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** One column of a chunk, readable at any row without decoding the others. */
export interface Column {
  kind: number;
  /** Row i of an affine column is `base + i * stride`, of an integer column `base + i * stride + rest[i] * unit`. */
  base: number;
  stride: number;
  unit: number;
  rest: ColumnArray | undefined;
}

/** Bytes of a column's head: kind, 7 bytes reserved, base, stride, unit. */
export const COLUMN_HEAD_BYTES = 32;

/**
 * Reads one row.
 *
 * @param column - a column
 * @param row - row number, from 0
 * @returns the float64 that was stored, bit for bit (any NaN as NaN)
 */
export function columnAt(column: Column, row: number): number {
  const rest = column.rest;
  if (rest === undefined) return column.stride === 0 ? column.base : column.base + row * column.stride;
  return column.kind >= KIND.f32 ? rest[row]! : column.base + row * column.stride + rest[row]! * column.unit;
}

/**
 * Reads all rows.
 *
 * @param column - a column
 * @param count - its rows
 * @returns the float64 that were stored
 */
export function columnValues(column: Column, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let row = 0; row < count; row++) values[row] = columnAt(column, row);
  return values;
}

/**
 * Chooses the smallest form that gives every value back exactly.
 *
 * @param values - the rows
 * @param count - how many of them are used, at least 1
 * @param isAxis - tries strides and integer residuals too; value columns are only constant, float32 or float64, so that scans stay tight
 */
export function encodeColumn(values: Float64Array, count: number, isAxis: boolean): Column {
  const first = values[0]!;
  if (isStrided(values, count, 0)) return evenColumn(first, 0);
  if (isAxis) {
    const stride = (values[count - 1]! - first) / (count - 1);
    if (stride !== 0 && isStrided(values, count, stride)) return evenColumn(first, stride);
    const integers = encodeIntegers(values, count);
    if (integers !== undefined) return integers;
  }
  const narrow = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const value = values[row]!;
    narrow[row] = value;
    if (narrow[row] !== value && value === value) return plain(KIND.f64, values.slice(0, count));
  }
  return plain(KIND.f32, narrow);
}

function isStrided(values: Float64Array, count: number, stride: number): boolean {
  const first = values[0]!;
  // From the first row on: -0 + 0 * stride is 0, and anything + 0 * NaN is NaN.
  for (let row = 0; row < count; row++) {
    if (!Object.is(stride === 0 ? first : first + row * stride, values[row])) return false;
  }
  return true;
}

/** Units worth trying: clocks give whole milliseconds or microseconds in nanoseconds. */
const UNITS = [1_000_000, 1000, 1] as const;

function encodeIntegers(values: Float64Array, count: number): Column | undefined {
  const first = values[0]!;
  for (let row = 0; row < count; row++) if (!Number.isSafeInteger(values[row]) || Object.is(values[row], -0)) return undefined;
  const unit = UNITS.find((candidate) => areMultiples(values, count, candidate))!;
  const stride = Math.round((values[count - 1]! - first) / unit / (count - 1)) * unit;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < count; row++) {
    const rest = (values[row]! - first - row * stride) / unit;
    if (rest < least) least = rest;
    if (rest > most) most = rest;
  }
  const base = first + least * unit;
  const span = most - least;
  if (!Number.isSafeInteger(base) || !Number.isSafeInteger(base + count * stride) || span > 0xffff_ffff) return undefined;
  const kind = span <= 0xff ? KIND.u8 : span <= 0xffff ? KIND.u16 : KIND.u32;
  const rest = kind === KIND.u8 ? new Uint8Array(count) : kind === KIND.u16 ? new Uint16Array(count) : new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    rest[row] = (values[row]! - base - row * stride) / unit;
    // Beyond 2^53 the arithmetic above would round: then this form is not exact.
    if (base + row * stride + rest[row]! * unit !== values[row]) return undefined;
  }
  return { kind, base, stride, unit, rest };
}

function areMultiples(values: Float64Array, count: number, unit: number): boolean {
  const first = values[0]!;
  for (let row = 1; row < count; row++) {
    const distance = values[row]! - first;
    if (Math.round(distance / unit) * unit !== distance) return false;
  }
  return true;
}

/** @returns a column whose row i is `base + i * stride` */
export function evenColumn(base: number, stride: number): Column {
  return { kind: KIND.affine, base, stride, unit: 1, rest: undefined };
}

function plain(kind: number, rest: ColumnArray): Column {
  return { kind, base: 0, stride: 0, unit: 1, rest };
}

/** @returns bytes that the column takes in a chunk: head and rows, padded to 8 */
export function columnBytes(column: Column): number {
  return COLUMN_HEAD_BYTES + Math.ceil((column.rest?.byteLength ?? 0) / 8) * 8;
}

/**
 * Writes a column into a chunk.
 *
 * @param column - the column
 * @param target - the chunk's bytes
 * @param at - offset, a multiple of 8
 * @returns offset after it
 */
export function writeColumn(column: Column, target: DataView<ArrayBuffer>, at: number): number {
  target.setUint8(at, column.kind);
  target.setFloat64(at + 8, column.base, true);
  target.setFloat64(at + 16, column.stride, true);
  target.setFloat64(at + 24, column.unit, true);
  if (column.rest !== undefined) {
    const bytes = new Uint8Array(column.rest.buffer, column.rest.byteOffset, column.rest.byteLength);
    new Uint8Array(target.buffer, target.byteOffset).set(bytes, at + COLUMN_HEAD_BYTES);
  }
  return at + columnBytes(column);
}

/**
 * Reads a column in place: its rows are a view of the chunk's bytes (all supported machines are little-endian).
 *
 * @param source - the chunk's bytes, beginning at a multiple of 8 of its buffer
 * @param at - offset of the column
 * @param count - rows
 */
export function readColumn(source: DataView<ArrayBuffer>, at: number, count: number): Column {
  const kind = source.getUint8(at);
  const head = {
    kind,
    base: source.getFloat64(at + 8, true),
    stride: source.getFloat64(at + 16, true),
    unit: source.getFloat64(at + 24, true),
  };
  return { ...head, rest: viewRows(kind, source.buffer, source.byteOffset + at + COLUMN_HEAD_BYTES, count) };
}

function viewRows(kind: number, buffer: ArrayBuffer, offset: number, count: number): ColumnArray | undefined {
  switch (kind) {
    case KIND.affine:
      return undefined;
    case KIND.u8:
      return new Uint8Array(buffer, offset, count);
    case KIND.u16:
      return new Uint16Array(buffer, offset, count);
    case KIND.u32:
      return new Uint32Array(buffer, offset, count);
    case KIND.f32:
      return new Float32Array(buffer, offset, count);
    default:
      return new Float64Array(buffer, offset, count);
  }
}
