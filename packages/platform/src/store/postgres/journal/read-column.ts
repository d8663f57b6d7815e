import { KIND, type Numbers, POWERS, UNITS } from "./numbers.js";

/** Bytes that are read one after the other. */
export interface Input {
  bytes: Uint8Array;
  view: DataView;
  at: number;
}

/**
 * Reads a column of `writeColumn`.
 *
 * @param start - where its first number goes
 * @throws RangeError where the bytes end too early, or are not a column
 */
export function readColumn(input: Input, numbers: Numbers, start: number, count: number): void {
  const { view } = input;
  const { values, halves } = numbers;
  const end = start + count;
  switch (view.getUint8(input.at++)) {
    case KIND.constant: {
      const low = view.getUint32(input.at, true);
      const high = view.getUint32(input.at + 4, true);
      input.at += 8;
      for (let i = start * 2; i < end * 2; i += 2) {
        halves[i] = low;
        halves[i + 1] = high;
      }
      return;
    }
    case KIND.distances: {
      const width = view.getUint8(input.at++);
      const unit = UNITS[view.getUint8(input.at++)] ?? Number.NaN;
      let value = double(input);
      const least = double(input);
      values[start] = value;
      for (let row = start + 1; row < end; row++) values[row] = value += least + take(input, width) * unit;
      return;
    }
    case KIND.decimals: {
      const width = view.getUint8(input.at++);
      const power = POWERS[view.getUint8(input.at++)] ?? Number.NaN;
      const least = double(input);
      for (let row = start; row < end; row++) values[row] = (least + take(input, width)) / power;
      return;
    }
    case KIND.float32:
      for (let row = start; row < end; row++, input.at += 4) values[row] = view.getFloat32(input.at, true);
      return;
    case KIND.float64:
      if (input.at + count * 8 > input.bytes.length) throw new RangeError("a column ends too early");
      new Uint8Array(values.buffer, start * 8, count * 8).set(input.bytes.subarray(input.at, input.at + count * 8));
      input.at += count * 8;
      return;
    default:
      throw new RangeError("a column is of no known kind");
  }
}

function double(input: Input): number {
  input.at += 8;
  return input.view.getFloat64(input.at - 8, true);
}

function take(input: Input, width: number): number {
  const { view, at } = input;
  input.at += width;
  if (width === 0) return 0;
  if (width === 1) return view.getUint8(at);
  return width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
}
