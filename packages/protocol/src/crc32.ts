/** Slicing-by-4 tables of the reflected IEEE 802.3 polynomial, so that a browser-safe CRC keeps up with the journal. */
const TABLES: readonly Uint32Array[] = makeTables();

function makeTables(): Uint32Array[] {
  const tables = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)] as const;
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[0][byte] = crc;
  }
  for (let slice = 1; slice < 4; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const previous = tables[slice - 1]![byte]!;
      tables[slice]![byte] = tables[0][previous & 0xff]! ^ (previous >>> 8);
    }
  }
  return [...tables];
}

/** A CRC-32 over part of a buffer; a platform's own (zlib) may be faster than {@link crc32} on large pieces. */
export type Crc32 = (bytes: Uint8Array, start: number, end: number) => number;

/**
 * CRC-32 as in zlib, PNG and Ethernet (IEEE 802.3).
 *
 * @param bytes - the bytes to sum up
 * @param start - first byte, default 0
 * @param end - byte after the last one, default the end
 * @returns unsigned 32-bit checksum
 */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const [t0, t1, t2, t3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let crc = 0xffffffff;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc = t3[crc & 0xff]! ^ t2[(crc >>> 8) & 0xff]! ^ t1[(crc >>> 16) & 0xff]! ^ t0[crc >>> 24]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
