import type { IncomingHttpHeaders } from "node:http";
import { refusalOf } from "../fetch/read-body.js";
import type { HttpClient } from "../http/http-client.js";
import type { HttpAnswer, HttpRequest, TimeLimits } from "../http/http-exchange.js";
import { TransferError, withoutSecrets } from "../transfer-error.js";

/** What tells whether two answers are pieces of the same content. */
export interface ContentIdentity {
  /** Strong ETag, or URL and `Last-Modified`; absent: pieces of two answers must not be put together. */
  validator?: string;
  /** Length of the whole content in bytes; absent where the server does not tell. */
  totalBytes?: number;
}

/** An answer that holds the content from some byte on. */
export interface OpenedRange extends ContentIdentity {
  /** Offset of the body's first byte; 0 from a server that ignores ranges. */
  start: number;
  /** Whether the server took the range into account. */
  isRanged: boolean;
  status: number;
  headers: IncomingHttpHeaders;
  body: AsyncIterable<Buffer>;
  discard(): void;
}

/** Opens ranges of something that can be downloaded. */
export class RangeSource {
  private readonly client: HttpClient;
  private readonly limits: TimeLimits;
  private readonly build: () => Pick<HttpRequest, "url" | "connectTo">;
  private readonly headers: Readonly<Record<string, string>>;

  /**
   * @param client - sends the requests
   * @param limits - time-outs of each
   * @param build - makes the URL of each request, so that each has a signature of its own
   * @param headers - sent with each
   */
  constructor(
    client: HttpClient,
    limits: TimeLimits,
    build: () => Pick<HttpRequest, "url" | "connectTo">,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.client = client;
    this.limits = limits;
    this.build = build;
    this.headers = headers;
  }

  /**
   * @param start - first byte that is wanted
   * @param end - offset behind the last one; absent: everything, without a range
   * @param signal - ends the request
   * @returns the answer
   * @throws TransferError HTTP_STATUS, SOURCE_CHANGED when the content has become shorter, and those of the connection
   */
  async open(start: number, end: number | undefined, signal?: AbortSignal): Promise<OpenedRange> {
    const request = this.build();
    const range = end === undefined ? {} : { range: `bytes=${start}-${end - 1}` };
    const headers = { "accept-encoding": "identity", ...this.headers, ...range };
    const answer = await this.client.send({ method: "GET", ...request, headers, signal }, this.limits);
    const { status } = answer;
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers["content-range"] ?? "") ?? [];
    if (status === 200) return { ...opened(answer, request.url), start: 0, isRanged: false, ...lengthOf(answer) };
    if (status === 206 && Number(from) === start && total !== undefined) {
      return { ...opened(answer, request.url), start, isRanged: true, totalBytes: Number(total) };
    }
    if (status !== 206 && status !== 416) throw await refusalOf(answer, request.url);
    answer.discard();
    // An empty object has no range at all, and a server that can't tell which range it sent is asked for everything.
    if (start === 0 && end !== undefined) return this.open(0, undefined, signal);
    throw new TransferError("SOURCE_CHANGED", `the server does not have the bytes from ${start} on`, { url: request.url });
  }
}

function opened({ status, headers, body, discard }: HttpAnswer, url: string) {
  const { etag, "last-modified": lastModified } = headers;
  const isStrong = etag !== undefined && !etag.startsWith("W/");
  const validator = isStrong ? etag : lastModified && `${withoutSecrets(url)} ${lastModified}`;
  return { status, headers, body, discard, ...(validator === undefined ? {} : { validator }) };
}

function lengthOf({ headers }: HttpAnswer): { totalBytes?: number } {
  const { "content-length": length } = headers;
  return length === undefined ? {} : { totalBytes: Number(length) };
}
