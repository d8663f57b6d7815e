import { crc32 as zlibCrc32 } from "node:zlib";
import { expect, test } from "vitest";
import { crc32 } from "./crc32.js";

test.each([0, 1, 3, 4, 5, 7, 8, 63, 1000])("agrees with zlib on %i bytes", (length) => {
  const bytes = Uint8Array.from({ length: length + 6 }, (_, i) => (i * 167 + 13) & 0xff);
  expect(crc32(bytes, 3, 3 + length)).toBe(zlibCrc32(bytes.subarray(3, 3 + length)));
});
