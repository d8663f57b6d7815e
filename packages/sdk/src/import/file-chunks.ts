import { closeSync, openSync, readSync } from "node:fs";

/** Read with one call. */
const CHUNK_BYTES = 1_048_576;

/** @param path - of a file @returns its bytes, piece by piece @throws the file system's error */
export function* fileChunks(path: string): Generator<Uint8Array> {
  const fd = openSync(path, "r");
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const bytes = readSync(fd, chunk);
      if (bytes === 0) return;
      yield chunk.subarray(0, bytes);
    }
  } finally {
    closeSync(fd);
  }
}
