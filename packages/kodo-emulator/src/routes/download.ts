import { type Answer, Refusal } from "../answer.js";
import type { KodoRequest } from "../request.js";
import { checkDownload } from "../signatures.js";

/** `GET` or `HEAD /<key>` on a bucket's domain. */
export function download(request: KodoRequest): Answer {
  const { headers, method, stores } = request;
  const host = headers.host ?? "";
  const bucket = request.buckets.find(({ domains }) => domains.includes(host));
  if (!bucket) throw new Refusal(404, `no bucket has the domain ${host}`);
  checkDownload(request.account, host, request.target, request.nowMs);
  const object = stores.objects.get(bucket.name, decodeKey(request.path));
  if (!object) throw new Refusal(404, "Document not found");
  const etag = `"${object.hash}"`;
  const range = headers["if-range"] === undefined || headers["if-range"] === etag ? readRange(headers.range, object.fsize) : undefined;
  const [from, to] = range ?? [0, object.fsize];
  return {
    status: range ? 206 : 200,
    headers: {
      "content-type": object.mimeType,
      "content-length": to - from,
      etag,
      "last-modified": new Date(object.putTime / 10_000).toUTCString(),
      "accept-ranges": "bytes",
      ...(range ? { "content-range": `bytes ${from}-${to - 1}/${object.fsize}` } : {}),
      ...object.metadata,
    },
    ...(method === "HEAD" ? {} : { body: stores.objects.read(object, from, to) }),
  };
}

function decodeKey(path: string): string {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    throw new Refusal(400, "the key is not escaped correctly");
  }
}

/** First byte and the one behind the last; `undefined` where the whole object is meant. */
function readRange(header: string | undefined, size: number): [number, number] | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
  if (from >= size || to <= from) throw new Refusal(416, "the range is past the end");
  return [from, to];
}
