import { RefusedError } from "../refused-error.js";

/** Head of a part: some fields of some hundred bytes. */
const MOST_HEAD_BYTES = 65_536;
const [CR, LF] = [13, 10];

/**
 * Takes the one file out of a body of `multipart/form-data`, as it comes.
 *
 * @param body - of the request
 * @param contentType - of the request
 * @returns the bytes of its first part
 * @throws RefusedError `invalid` for a body of another kind
 */
export async function* onePart(body: AsyncIterable<Uint8Array>, contentType = ""): AsyncGenerator<Uint8Array> {
  const boundary = /^multipart\/form-data\b.*?;\s*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new RefusedError("invalid", "the body is not multipart/form-data with a boundary");
  const end = new TextEncoder().encode(`\r\n--${boundary}`);
  let held = new Uint8Array();
  let isInside = false;
  for await (const chunk of body) {
    held = joined(held, chunk);
    if (!isInside) {
      const head = indexOf(held, [CR, LF, CR, LF]);
      if (head < 0 && held.length > MOST_HEAD_BYTES) throw new RefusedError("invalid", "the first part has no end of its head");
      if (head < 0) continue;
      isInside = true;
      // What ends an empty part may begin with the end of its head.
      held = held.slice(head + 2);
      if (indexOf(held, end) !== 0) held = held.slice(2);
    }
    const last = indexOf(held, end);
    if (last >= 0) return yield held.slice(0, last);
    const safe = Math.max(0, held.length - end.length);
    if (safe > 0) yield held.slice(0, safe);
    held = held.slice(safe);
  }
  throw new RefusedError("invalid", "the body ends before its part");
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function indexOf(bytes: Uint8Array, wanted: ArrayLike<number>): number {
  for (let at = bytes.indexOf(wanted[0] as number); at >= 0; at = bytes.indexOf(wanted[0] as number, at + 1)) {
    let length = 1;
    while (length < wanted.length && bytes[at + length] === wanted[length]) length += 1;
    if (length === wanted.length) return at;
  }
  return -1;
}
