import { RefusedError } from "./refused-error.js";

/**
 * Decodes a body as it is read: nothing happens to one that a route does not read.
 *
 * @param body - as it came
 * @param encoding - header `Content-Encoding`
 * @returns its bytes
 * @throws RefusedError `invalid` for an encoding that is not gzip or deflate, and for bytes that are not of it
 */
export async function* decodedBody(body: AsyncIterable<Uint8Array>, encoding = "identity"): AsyncGenerator<Uint8Array> {
  const format = encoding.trim().toLowerCase().replace(/^x-/, "");
  if (format === "" || format === "identity") return yield* body;
  if (format !== "gzip" && format !== "deflate") {
    throw new RefusedError("invalid", `the body has the content encoding ${JSON.stringify(encoding)}; send it as gzip, deflate or plain`);
  }
  try {
    yield* chunksOf(streamOf(body).pipeThrough(new DecompressionStream(format)));
  } catch (error) {
    throw new RefusedError("invalid", `the body is not ${format} as its header says: ${(error as Error).message}`);
  }
}

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
  });
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
