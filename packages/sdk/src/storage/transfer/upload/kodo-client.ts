import { HttpClient } from "../http/http-client.js";
import type { TimeLimits } from "../http/http-exchange.js";
import { decide, parseRetryAfter, RETRY_POLICY, type RetryPolicy } from "../retry/policy.js";
import { withRetry } from "../retry/with-retry.js";
import { TransferError } from "../transfer-error.js";
import { HostList } from "./host-list.js";
import { type KodoRegion, queryUrl, readRegion } from "./region.js";

/** Hosts that know the regions of all buckets of the public cloud. */
const PUBLIC_ENDPOINTS = ["https://uc.qiniuapi.com", "https://kodo-config.qiniuapi.com", "https://uc.qbox.me"];

/** Retries of one request, over all its hosts: about two minutes with the waits of the policy. */
const MAX_RETRIES = 8;

const LIMITS: TimeLimits = { connectMs: 10_000, idleMs: 30_000, totalMs: 600_000 };

/** An answer is a few facts, or a page of a list of 1000 objects with keys of 750 bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** The account that Kodo is used with. */
export interface KodoAccount {
  accessKey: string;
  secretKey: string;
}

/** How Kodo is reached and what is done about failures. */
export interface KodoClientOptions {
  /** `http[s]://host[:port]` to ask for the hosts of a bucket; its scheme is used for all of them. Default: the public cloud's. */
  endpoint?: string | undefined;
  /** How failures are answered. */
  policy?: RetryPolicy | undefined;
  /** Retries of one request. @defaultValue 8 */
  maxRetries?: number | undefined;
  /** Time-outs of one request. */
  limits?: TimeLimits | undefined;
}

/** One call of a service. */
export interface KodoCall {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path and query. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Made anew for every try. */
  body?: () => string | Uint8Array;
  /** Told the bytes of each piece of the body as it is sent, also when it is sent again. */
  onSent?: (bytes: number) => void;
  /** Headers that prove who asks, made anew for every try. */
  authorize?: (url: string) => Readonly<Record<string, string>>;
  /** Told of a 401; whether other credentials than those just used can be had. */
  renew?: () => boolean;
  signal?: AbortSignal | undefined;
}

/** A JSON answer. */
export type KodoAnswer = Readonly<Record<string, unknown>>;

/** Calls the services of Kodo: regions, retries, hosts in turn. */
export class KodoClient {
  readonly account: KodoAccount;
  private readonly options: KodoClientOptions;
  private readonly http = new HttpClient();
  private readonly endpoints: HostList;
  private readonly regions = new Map<string, { region: KodoRegion; untilMs: number }>();

  /** @param account - keys @param options - endpoint, retries, time-outs */
  constructor(account: KodoAccount, options: KodoClientOptions = {}) {
    this.account = account;
    this.options = options;
    this.endpoints = new HostList(options.endpoint === undefined ? PUBLIC_ENDPOINTS : [options.endpoint.replace(/\/+$/, "")]);
  }

  /**
   * @param bucket - name of a bucket
   * @param signal - ends the query
   * @returns its hosts; asked for once in the time that the answer may be kept
   * @throws TransferError HTTP_STATUS for a bucket that isn't there, and those of the network
   */
  async regionOf(bucket: string, signal?: AbortSignal): Promise<KodoRegion> {
    const known = this.regions.get(bucket);
    if (known && known.untilMs > Date.now()) return known.region;
    const answer = await this.call(this.endpoints, { method: "GET", path: queryUrl(this.account.accessKey, bucket), signal });
    const { region, ttlS } = readRegion(answer, this.endpoints.best().startsWith("http:") ? "http" : "https");
    this.regions.set(bucket, { region, untilMs: Date.now() + ttlS * 1000 });
    return region;
  }

  /**
   * Calls a service until it answers or its failures say that trying again does not help.
   *
   * @param hosts - of the service
   * @param call - what to ask
   * @param check - throws TransferError when the answer isn't right; is retried as the policy says of its code
   * @returns the answer
   * @throws TransferError HTTP_STATUS with the status, ABORTED, those of the network and of `check`
   */
  async call(hosts: HostList, call: KodoCall, check?: (answer: KodoAnswer) => void): Promise<KodoAnswer> {
    const { maxRetries = MAX_RETRIES } = this.options;
    const policy = withMismatch(this.options.policy ?? RETRY_POLICY);
    const work = async () => {
      const host = hosts.best();
      try {
        const answer = await this.callOnce(host, call);
        check?.(answer);
        return answer;
      } catch (error) {
        if (error instanceof TransferError && decide(error, policy) === "next-host") hosts.giveUp(host);
        throw error;
      }
    };
    return withRetry(work, { retry: 0, maxRetries, policy, signal: call.signal });
  }

  /** Closes the connections; calls in flight fail. */
  close(): void {
    this.http.close();
  }

  private async callOnce(host: string, call: KodoCall): Promise<KodoAnswer> {
    try {
      return await this.exchange(host, call);
    } catch (error) {
      if (!(error instanceof TransferError && error.status === 401 && call.renew?.())) throw error;
      return this.exchange(host, call);
    }
  }

  private async exchange(host: string, { method, path, headers, body, onSent, authorize, signal }: KodoCall): Promise<KodoAnswer> {
    const url = host + path;
    const request = { method, url, headers: { ...headers, ...authorize?.(url) }, ...(body ? { body: body() } : {}), onSent, signal };
    const answer = await this.http.send(request, this.options.limits ?? LIMITS);
    const text = await readText(answer.body, url);
    const reqid = answer.headers["x-reqid"];
    const json = parse(text);
    if (answer.status === 200 && reqid !== undefined && json !== undefined) return json;
    if (answer.status === 200) throw new TransferError("CONNECTION_LOST", "something that is not Kodo answered", { url });
    const reason = typeof json?.["error"] === "string" ? json["error"] : "no reason given";
    const retryAfterMs = parseRetryAfter(answer.headers["retry-after"]);
    throw new TransferError("HTTP_STATUS", `Kodo answered ${answer.status} (${reason}; request ${String(reqid)})`, {
      url,
      status: answer.status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}

/** Bytes that were damaged on the way are sent again. */
function withMismatch(policy: RetryPolicy): RetryPolicy {
  return { ...policy, codes: { HASH_MISMATCH: "again", ...policy.codes } };
}

async function readText(body: AsyncIterable<Uint8Array>, url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MAX_ANSWER_BYTES) throw new TransferError("BODY_TOO_LARGE", `an answer of more than ${MAX_ANSWER_BYTES} bytes`, { url });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** `undefined` for what is not a JSON object or list; nothing at all is an empty object, as the answer to a deletion. */
function parse(text: string): KodoAnswer | undefined {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as KodoAnswer) : undefined;
  } catch {
    // Not Kodo's words: told apart by the caller.
    return undefined;
  }
}
