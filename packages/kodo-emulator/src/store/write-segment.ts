import { createHash } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { EtagHasher } from "ava-kodo";
import { Refusal } from "../answer.js";

/** What was written. */
export interface WrittenSegment {
  file: string;
  bytes: number;
  /** Hash in Kodo's way. */
  etag: string;
  md5: string;
}

/**
 * Writes a request's body to a file; what did not arrive whole is removed.
 *
 * @param file - path of a file that does not exist
 * @param body - the bytes
 * @param maxBytes - more is refused
 * @returns its size and hashes
 * @throws Refusal 413, and whatever breaks the body
 */
export async function writeSegment(file: string, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<WrittenSegment> {
  const fd = openSync(file, "wx");
  const md5 = createHash("md5");
  const etag = new EtagHasher();
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new Refusal(413, `more than ${maxBytes} bytes`);
      md5.update(piece);
      await etag.write(piece);
      writeSync(fd, piece);
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  return { file, bytes, etag: await etag.end(), md5: md5.digest("hex") };
}
