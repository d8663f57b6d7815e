import type { HttpAnswer } from "../http/http-exchange.js";
import { parseRetryAfter } from "../retry/policy.js";
import { type FetchResponse, TransferError } from "../transfer-error.js";

/** Of a refusal no more than this is kept: it is for people to read. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/**
 * Reads an answer whole.
 *
 * @param answer - its body is not yet read
 * @param maxBytes - longest body that is taken
 * @param url - for errors
 * @returns the answer
 * @throws TransferError BODY_TOO_LARGE, and those of the body
 */
export async function readWhole(answer: HttpAnswer, maxBytes: number, url: string): Promise<FetchResponse> {
  const tooLarge = () => new TransferError("BODY_TOO_LARGE", `an answer of more than ${maxBytes} bytes`, { url });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const { status, headers } = answer;
  const several = Object.entries(answer.headerLists ?? {}).filter(([, values]) => (values?.length ?? 0) > 1);
  return {
    status,
    headers,
    ...(several.length > 0 ? { headerLists: Object.fromEntries(several) } : {}),
    body: Buffer.concat(chunks, bytes),
    url: answer.url,
  };
}

/**
 * @param answer - a refusal whose body is not yet read
 * @param url - for the error
 * @returns the error that tells it, with the answer in it
 */
export async function refusalOf(answer: HttpAnswer, url: string): Promise<TransferError> {
  // The status says enough where its body can't be had.
  const response = await readWhole(answer, MAX_ERROR_BODY_BYTES, url).catch(() => undefined);
  const { status } = answer;
  const advice = status === 401 ? " (signature missing, wrong or expired: give access key and secret key)" : "";
  const reason = reasonIn(response?.body.toString("utf8") ?? "");
  const retryAfterMs = parseRetryAfter(answer.headers["retry-after"]);
  return new TransferError("HTTP_STATUS", `the server answered ${status}${reason ? ` '${reason}'` : ""}${advice}`, {
    url,
    status,
    ...(response === undefined ? {} : { response }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** @returns the short text of `{"error": "<text>"}`, Kodo's form; nothing of other bodies, which may be whole pages */
function reasonIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === "string" ? error.slice(0, 200) : "";
  } catch {
    // Another form: the status has to do.
    return "";
  }
}
