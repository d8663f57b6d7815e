import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ErrorBody, RecordsAnswer } from "ava-protocol";

/** What became of one request; failures are values, not exceptions. */
export type SendResult =
  | { kind: "acked"; ack: number; stop?: { reason: string } }
  | { kind: "gap"; ack: number }
  /** The platform understood the body and will never take it. */
  | { kind: "refused"; status: number; reason: string }
  | { kind: "retry"; reason: string; retryAfterMs?: number };

/** Sends batches of records to one platform over kept-alive connections. */
export interface Transport {
  /**
   * @param instance - id of the instance
   * @param body - a batch, see docs/formats/journal.md
   * @param timeoutMs - for the whole request
   * @returns what became of it; never rejects
   */
  send(instance: string, body: Uint8Array, timeoutMs: number): Promise<SendResult>;
  close(): void;
}

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * @param platformUrl - base URL of the platform
 * @param token - write token, where the platform asks for one
 * @returns a transport
 */
export function createTransport(platformUrl: string, token?: string): Transport {
  const isHttps = platformUrl.startsWith("https:");
  const agent = isHttps ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const request = isHttps ? httpsRequest : httpRequest;
  return {
    send: (instance, body, timeoutMs) =>
      new Promise((resolve) => {
        const fail = (reason: string) => resolve({ kind: "retry", reason });
        const sent = request(
          `${platformUrl}/v1/instances/${encodeURIComponent(instance)}/records`,
          {
            method: "POST",
            agent,
            signal: AbortSignal.timeout(timeoutMs),
            headers: {
              "content-type": "application/x-ava-records",
              "content-length": body.byteLength,
              ...(token ? { authorization: `Bearer ${token}` } : {}),
            },
          },
          (answer) => {
            readAnswer(answer).then(
              (text) => resolve(interpret(answer, text)),
              (error: Error) => fail(error.message),
            );
          },
        );
        sent.on("error", (error: NodeJS.ErrnoException) =>
          fail(
            error.name === "TimeoutError" || error.name === "AbortError"
              ? `no answer within ${timeoutMs} ms`
              : (error.code ?? error.message),
          ),
        );
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

async function readAnswer(answer: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Only an answer in the platform's own words counts; whatever a proxy or another server says is a reason to try again. */
function interpret(answer: IncomingMessage, text: string): SendResult {
  const status = answer.statusCode ?? 0;
  const body = parse(text) as Partial<RecordsAnswer & ErrorBody> | undefined;
  const hasAck = Number.isSafeInteger(body?.ack) && (body?.ack as number) >= 0;
  if (status === 200 && hasAck) {
    const stop = body?.stop;
    return { kind: "acked", ack: body?.ack as number, ...(stop && typeof stop.reason === "string" ? { stop } : {}) };
  }
  const code = body?.error?.code;
  if (status === 409 && code === "seq_gap" && hasAck) return { kind: "gap", ack: body?.ack as number };
  const message =
    typeof body?.error?.message === "string"
      ? `${body.error.message} (${status} ${code})`
      : `HTTP ${status} that is not an AVA platform's answer`;
  if ((status === 400 || status === 413 || status === 422) && typeof code === "string") return { kind: "refused", status, reason: message };
  const retryAfterS = Number(answer.headers["retry-after"]);
  return { kind: "retry", reason: message, ...(retryAfterS > 0 ? { retryAfterMs: retryAfterS * 1000 } : {}) };
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // Garbage: told apart from an answer by the caller.
    return undefined;
  }
}
