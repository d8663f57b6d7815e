import { MessageReader } from "../protobuf/message-reader.js";

/** Numbers of `DataType` whose values are read. */
const TYPE = {
  float: 1,
  double: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  half: 19,
  uint32: 22,
  uint64: 23,
} as const;

/** What a `TensorProto` holds. */
export interface Tensor {
  /** Sizes of its dimensions; none for a scalar. */
  shape: number[];
  /** Its numbers in order; a list that is one number for all is not spread. */
  numbers: number[];
  /** Its texts, where it is of texts. */
  texts: Uint8Array[];
}

/** @param bytes - a `TensorProto` @returns what it holds @throws DamagedMessageError */
export function readTensor(bytes: Uint8Array): Tensor {
  const reader = new MessageReader(bytes);
  const tensor: Tensor = { shape: [], numbers: [], texts: [] };
  let type = 0;
  let content: Uint8Array = new Uint8Array();
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        type = reader.integer();
        break;
      case 2:
        tensor.shape = readShape(reader.message());
        break;
      case 4:
        content = reader.content();
        break;
      case 5:
        reader.addNumbers("float", tensor.numbers);
        break;
      case 6:
        reader.addNumbers("double", tensor.numbers);
        break;
      case 8:
        tensor.texts.push(reader.content());
        break;
      case 7:
      case 10:
      case 11:
      case 13:
      case 16:
      case 17:
        reader.addNumbers("varint", tensor.numbers);
        break;
    }
  }
  if (content.length > 0) tensor.numbers = numbersIn(content, type);
  else if (type === TYPE.half || type === TYPE.bfloat16) tensor.numbers = tensor.numbers.map((bits) => ofBits(bits, type));
  else if (type === TYPE.uint64) tensor.numbers = tensor.numbers.map((value) => (value < 0 ? value + 2 ** 64 : value));
  return tensor;
}

function readShape(reader: MessageReader): number[] {
  const shape: number[] = [];
  while (reader.next()) {
    if (reader.field !== 2) continue;
    const dimension = reader.message();
    let size = 0;
    while (dimension.next()) if (dimension.field === 1) size = dimension.integer();
    shape.push(size);
  }
  return shape;
}

function numbersIn(content: Uint8Array, type: number): number[] {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const [bytes, read] = readerOf(type, view);
  return Array.from({ length: Math.floor(content.length / bytes) }, (_, index) => read(index * bytes));
}

/** @returns bytes of one value, and what reads the one at an offset */
function readerOf(type: number, view: DataView): [bytes: number, read: (at: number) => number] {
  switch (type) {
    case TYPE.float:
      return [4, (at) => view.getFloat32(at, true)];
    case TYPE.double:
      return [8, (at) => view.getFloat64(at, true)];
    case TYPE.int32:
      return [4, (at) => view.getInt32(at, true)];
    case TYPE.uint32:
      return [4, (at) => view.getUint32(at, true)];
    case TYPE.int16:
      return [2, (at) => view.getInt16(at, true)];
    case TYPE.uint16:
      return [2, (at) => view.getUint16(at, true)];
    case TYPE.int8:
      return [1, (at) => view.getInt8(at)];
    case TYPE.uint8:
    case TYPE.bool:
      return [1, (at) => view.getUint8(at)];
    case TYPE.int64:
      return [8, (at) => Number(view.getBigInt64(at, true))];
    case TYPE.uint64:
      return [8, (at) => Number(view.getBigUint64(at, true))];
    case TYPE.half:
    case TYPE.bfloat16:
      return [2, (at) => ofBits(view.getUint16(at, true), type)];
    default:
      return [Number.POSITIVE_INFINITY, () => Number.NaN];
  }
}

const word = new DataView(new ArrayBuffer(4));

function ofBits(bits: number, type: number): number {
  if (type === TYPE.bfloat16) {
    word.setUint32(0, bits << 16);
    return word.getFloat32(0);
  }
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
