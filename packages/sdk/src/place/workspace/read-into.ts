import { readSync } from "node:fs";

/**
 * Fills a buffer from a file, in as many reads as the system takes for it.
 *
 * @param fd - open for reading
 * @param bytes - to fill
 * @param position - offset in the file of the first byte
 * @returns how many bytes were read: fewer than the buffer has only where the file ends
 * @throws the file system's error
 */
export function readInto(fd: number, bytes: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const readBytes = readSync(fd, bytes, filled, bytes.length - filled, position + filled);
    if (readBytes === 0) break;
    filled += readBytes;
  }
  return filled;
}
