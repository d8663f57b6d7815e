/** CRC-32 polynomial, reflected. */
const POLYNOMIAL = 0xedb88320;

/** x^(8 * 2^k) modulo the polynomial, for the k-th bit of a length in bytes. */
const POWERS: readonly number[] = Array.from({ length: 32 }).reduce<number[]>((powers) => {
  const last = powers.at(-1);
  return [...powers, last === undefined ? 0x0080_0000 : multiply(last, last)];
}, []);

/**
 * CRC-32 of any part of a buffer without reading it again: for a search that would sum up the same bytes for each place at which a record may begin.
 * CRCs are polynomials: that of a part follows from those of what ends with it and of what stands before it.
 */
export class CrcOfParts {
  /** CRC of the bytes before each offset. */
  private readonly prefixes: Uint32Array;

  /** @param bytes - the buffer; four times its length is used as memory */
  constructor(bytes: Uint8Array) {
    this.prefixes = new Uint32Array(bytes.length + 1);
    let crc = -1;
    for (let at = 0; at < bytes.length; at++) {
      crc = (BYTES[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8)) | 0;
      this.prefixes[at + 1] = ~crc >>> 0;
    }
  }

  /** @param start - first byte @param end - offset after the last @returns CRC-32 of the part */
  of(start: number, end: number): number {
    let crc = this.prefixes[start]!;
    for (let bytes = end - start, bit = 0; bytes > 0; bytes >>>= 1, bit++) if (bytes & 1) crc = multiply(POWERS[bit]!, crc);
    return (crc ^ this.prefixes[end]!) >>> 0;
  }
}

const BYTES: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** Product of two polynomials modulo that of the CRC; the highest bit is x^0. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 31; bit >= 0; bit--) {
    if ((a >>> bit) & 1) product ^= b;
    b = b & 1 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1;
  }
  return product >>> 0;
}
