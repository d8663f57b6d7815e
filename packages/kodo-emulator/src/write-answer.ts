import type { ServerResponse } from "node:http";
import type { Answer } from "./answer.js";
import type { Fault } from "./fault.js";

/**
 * Writes an answer, with a fault's cut, stall or lie in it.
 *
 * @param response - where to
 * @param answer - what
 * @param fault - what is to go wrong
 */
export async function writeAnswer(response: ServerResponse, answer: Answer, fault: Fault | undefined): Promise<void> {
  const { status, json } = answer;
  const text = json === undefined ? undefined : Buffer.from(JSON.stringify(fault?.isEtagWrong ? withOtherHashes(json) : json));
  const etag = answer.headers?.["etag"];
  response.writeHead(status, {
    ...(text ? { "content-type": "application/json", "content-length": text.length } : {}),
    ...(text || answer.body || answer.headers?.["content-length"] !== undefined ? {} : { "content-length": 0 }),
    ...answer.headers,
    ...(fault?.isEtagWrong && etag !== undefined ? { etag: `"${otherHash(String(etag).replaceAll('"', ""))}"` } : {}),
  });
  try {
    await writeBody(response, answer.body ?? (text ? [text] : []), fault);
  } finally {
    answer.done?.();
  }
}

async function writeBody(response: ServerResponse, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, fault: Fault | undefined) {
  const endAt = fault?.cutAnswerAfterBytes ?? fault?.stallAnswerAfterBytes ?? Number.POSITIVE_INFINITY;
  let room = endAt;
  let isFirst = true;
  if (room === 0) response.flushHeaders();
  for await (const piece of body) {
    if (response.destroyed || room === 0) break;
    const sent = Buffer.from(piece.subarray(0, room));
    if (isFirst && fault?.isBodyWrong && sent.length > 0) sent[0] = (sent[0] ?? 0) ^ 1;
    isFirst = false;
    room -= sent.length;
    if (!response.write(sent)) await drained(response);
  }
  if (endAt === Number.POSITIVE_INFINITY) response.end();
  else if (fault?.stallAnswerAfterBytes === undefined) response.socket?.destroySoon();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

/** The same text in the form of a hash, but another one. */
function otherHash(hash: string): string {
  return hash.replace(/.(?=.{2}$)/, (last) => (last === "A" ? "B" : "A"));
}

function withOtherHashes(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  const fields = Object.entries(json).map(([name, value]) => [
    name,
    ["etag", "hash", "md5"].includes(name) && typeof value === "string" ? otherHash(value) : value,
  ]);
  return Object.fromEntries(fields);
}
