import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { HttpAnswer } from "../http/http-exchange.js";
import { TransferError } from "../transfer-error.js";

/**
 * @param answer - may be packed by gzip
 * @returns the answer with its body unpacked; the header `Content-Encoding` is then called `X-Consumed-Content-Encoding`, as tornado does
 */
export function decoded(answer: HttpAnswer): HttpAnswer {
  const { "content-encoding": encoding, ...headers } = answer.headers;
  if (!/^(x-)?gzip$/i.test(encoding ?? "")) return answer;
  delete headers["content-length"];
  return { ...answer, headers: { ...headers, "x-consumed-content-encoding": encoding }, body: unpacked(answer) };
}

async function* unpacked({ body, url }: HttpAnswer): AsyncGenerator<Buffer> {
  const source = Readable.from(body);
  const unpacking = createGunzip();
  // An error of either comes out of the loop below.
  pipeline(source, unpacking, () => undefined);
  let isEmpty = true;
  source.once("data", () => {
    isEmpty = false;
  });
  try {
    for await (const chunk of unpacking) yield chunk as Buffer;
  } catch (cause) {
    // An answer to HEAD has the header and no body.
    if (isEmpty && !(cause instanceof TransferError)) return;
    throw cause instanceof TransferError ? cause : new TransferError("CONNECTION_LOST", "the answer cannot be unpacked", { url, cause });
  }
}
