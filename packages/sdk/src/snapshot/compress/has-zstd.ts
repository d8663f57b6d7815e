import zlib from "node:zlib";

/** @returns whether this Node.js can pack and unpack zstd: from 22.15 on */
export function hasZstd(): boolean {
  return "createZstdCompress" in zlib;
}
