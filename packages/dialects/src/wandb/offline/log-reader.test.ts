import { crc32 } from "ava-protocol";
import { expect, test } from "vitest";
import { RefusedError } from "../../refused-error.js";
import { WandbLogReader } from "./log-reader.js";

const BLOCK_BYTES = 32_768;

/** A file of records, as the client writes it. */
function fileOf(records: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0])];
  let bytes = 7;
  const put = (part: Uint8Array) => {
    parts.push(part);
    bytes += part.length;
  };
  for (const record of records) {
    let start = 0;
    do {
      const left = BLOCK_BYTES - (bytes % BLOCK_BYTES);
      if (left < 7) {
        put(new Uint8Array(left));
        continue;
      }
      const end = Math.min(record.length, start + left - 7);
      const [isFirst, isLast] = [start === 0, end === record.length];
      const fragment = new Uint8Array(7 + end - start);
      fragment[6] = isFirst ? (isLast ? 1 : 2) : isLast ? 4 : 3;
      fragment.set(record.subarray(start, end), 7);
      const view = new DataView(fragment.buffer);
      view.setUint16(4, end - start, true);
      view.setUint32(0, crc32(fragment.subarray(6)), true);
      put(fragment);
      start = end;
    } while (start < record.length);
  }
  return Buffer.concat(parts);
}

function read(file: Uint8Array, pieceBytes: number): { lengths: number[]; damagedPlaces: number } {
  const reader = new WandbLogReader();
  const lengths: number[] = [];
  for (let start = 0; start < file.length; start += pieceBytes) {
    reader.feed(file.subarray(start, start + pieceBytes));
    for (let record = reader.next(); record; record = reader.next()) lengths.push(record.length);
  }
  return { lengths, damagedPlaces: reader.damagedPlaces };
}

// Some end at, or a few bytes before, the end of a block; one goes over three.
const LENGTHS = [1, 32_738, 10, 32_750, 3, 100_000, 32_755, 5, 32_754, 9];
const RECORDS = LENGTHS.map((length) => new Uint8Array(length).fill(length % 251));

test.each([100_000, 4_096, 1_000, 7])("records are whole, however the bytes come: by %d", (pieceBytes) => {
  expect(read(fileOf(RECORDS), pieceBytes)).toEqual({ lengths: LENGTHS, damagedPlaces: 0 });
});

test("behind a damaged place it is read on in the next block", () => {
  const file = fileOf(RECORDS);
  file[7 + 7 + 1 + 7 + 100]! ^= 1;
  const { lengths, damagedPlaces } = read(file, 5_000);
  expect([lengths, damagedPlaces]).toEqual([[1, ...LENGTHS.slice(3)], 1]);
});

test("a file of another kind is refused", () => {
  expect(() => read(new TextEncoder().encode("step,loss\n1,2\n"), 100)).toThrow(RefusedError);
});
