import type { Sink } from "./ports.js";
import { RefusedError } from "./refused-error.js";

/**
 * Keeps a file; one in whose way a folder or another file is, is counted: below `ava-sdk run` a refusal would raise an error in the program.
 *
 * @param sink - of the request
 * @param id - of the instance
 * @param path - of the file, checked
 * @param bytes - content
 */
export async function putUnlessInTheWay(sink: Sink, id: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await sink.putFile(id, path, bytes);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.kind !== "exists") throw error;
    sink.passOver(id, "files in whose way a folder or a file is", 1);
  }
}
