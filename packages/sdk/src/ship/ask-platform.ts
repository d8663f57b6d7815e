import type { ErrorBody } from "ava-protocol";
import { AvaError } from "../place/error.js";
import type { Settings } from "../place/settings/settings.js";
import { DEFAULT_MAX_BUFFER_SIZE } from "../storage/transfer/fetch/limits.js";
import { readWhole } from "../storage/transfer/fetch/read-body.js";
import { reasonOf } from "../storage/transfer/http/failures.js";
import { HttpClient } from "../storage/transfer/http/http-client.js";
import type { FileBody, HttpAnswer } from "../storage/transfer/http/http-exchange.js";

/** An export may take long; what ends a request is that no byte comes. */
const LIMITS = { connectMs: 10_000, idleMs: 60_000, totalMs: 24 * 3_600_000 };

/** An answer of the platform whose status is 200. */
export interface PlatformAnswer extends Pick<HttpAnswer, "body"> {
  /** @returns the body, read whole @throws TransferError when the connection ends before the body */
  text(): Promise<string>;
}

/** How something is asked. */
export interface Asked {
  /** Default: GET, or POST where there is JSON. */
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Body. */
  json?: unknown;
  /** A file as body. */
  file?: FileBody;
  /** Longest silence of the platform, in milliseconds. */
  idleMs?: number;
  signal?: AbortSignal;
}

/**
 * Asks the platform for something.
 *
 * @param route - route and query: `/v1/instances?limit=20`
 * @param settings - where the platform is, and the token it may want
 * @param asked - how; default: a GET
 * @returns the answer, its status 200
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED
 */
export async function askPlatform(
  route: string,
  { platformUrl, token }: Pick<Settings, "platformUrl" | "token">,
  { json, file, method = json === undefined ? "GET" : "POST", idleMs = LIMITS.idleMs, signal }: Asked = {},
): Promise<PlatformAnswer> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  if (json !== undefined) headers["content-type"] = "application/json";
  if (file !== undefined) headers["content-type"] = "application/octet-stream";
  const body = json === undefined ? file : JSON.stringify(json);
  const request = { url: platformUrl + route, method, headers, signal, body };
  let answer: HttpAnswer;
  try {
    answer = await new HttpClient().send(request, { ...LIMITS, idleMs });
  } catch (cause) {
    const advice = "start it, or name another with --platform or AVA_PLATFORM_URL";
    throw new AvaError("PLATFORM_UNREACHABLE", `platform ${platformUrl} cannot be reached (${reasonOf(cause)}); ${advice}`, { cause });
  }
  const text = async () => (await readWhole(answer, DEFAULT_MAX_BUFFER_SIZE, request.url)).body.toString("utf8");
  if (answer.status >= 200 && answer.status < 300) return { body: answer.body, text };
  const message = await text().then(messageIn, () => undefined);
  const advice = answer.status === 401 ? " Give it as AVA_TOKEN." : "";
  throw new AvaError("PLATFORM_REFUSED", `platform ${platformUrl}: ${message ?? `HTTP ${answer.status}`}${advice}`, {
    cause: { status: answer.status },
  });
}

/** @param error - of {@link askPlatform} @returns whether the platform answered that what was asked for is not there, or deleted */
export function isAbsent(error: unknown): boolean {
  const { status } = ((error as Error).cause ?? {}) as { status?: unknown };
  return error instanceof AvaError && error.code === "PLATFORM_REFUSED" && (status === 404 || status === 410);
}

function messageIn(text: string): string | undefined {
  return (JSON.parse(text) as Partial<ErrorBody>).error?.message;
}
