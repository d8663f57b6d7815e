import { DEFAULT_CONTENT_TYPE, qiniuAuthorization } from "ava-kodo";
import { HttpClient } from "../http/http-client.js";
import { DEFAULT_MAX_RETRY, exchange, type FetchResult, type RetryOptions } from "./exchange.js";
import { DEFAULT_LIMITS, DEFAULT_MAX_BUFFER_SIZE } from "./limits.js";
import { qiniuDate } from "./qiniu-date.js";

/** What to request from a service of Qiniu. */
export interface QMacAuthFetchOptions extends RetryOptions {
  /** Default `GET`. */
  method?: string | undefined;
  /** Body; `GET` and `HEAD` ignore it. */
  data?: string | Uint8Array | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the request and its waits. */
  signal?: AbortSignal | undefined;
}

/**
 * Requests to services of Qiniu, with their management authorization (`Qiniu <ak>:<sign>`) and `X-Qiniu-Date`.
 *
 * @example
 * const fetcher = new QMacAuthFetcher(accessKey, secretKey);
 * const [res, err] = await fetcher.fetch("http://rs-z0.qiniuapi.com/stat/...", { maxRetry: 0 });
 */
export class QMacAuthFetcher {
  /** Retries where `maxRetry` is 0. */
  static readonly DEFAULT_MAX_RETRY: number = DEFAULT_MAX_RETRY;

  readonly #accessKey: string;
  readonly #secretKey: string;
  readonly #client = new HttpClient();

  /**
   * @param accessKey - access key of the account
   * @param secretKey - secret key of the account
   */
  constructor(accessKey: string, secretKey: string) {
    this.#accessKey = accessKey;
    this.#secretKey = secretKey;
  }

  /**
   * @param url - absolute http or https URL
   * @param options - what to send and how often to try; a request without a content type is a form
   * @returns `[res, undefined]` for a status of 2xx, else `[undefined, err]`; `err` carries `code`, `status` and the answer as `response`
   */
  fetch(url: string, options: QMacAuthFetchOptions = {}): Promise<FetchResult> {
    const { signal, retry, maxRetry } = options;
    const method = (options.method ?? "GET").toUpperCase();
    const data = method === "GET" || method === "HEAD" ? undefined : options.data;
    const build = () => {
      const headers: Record<string, string> = { ...options.headers };
      const has = (name: string) => Object.keys(headers).some((key) => key.toLowerCase() === name);
      if (!has("content-type")) headers["Content-Type"] = DEFAULT_CONTENT_TYPE;
      if (!has("x-qiniu-date")) headers["X-Qiniu-Date"] = qiniuDate();
      const authorization = qiniuAuthorization({ method, url, headers, body: data }, this.#accessKey, this.#secretKey);
      return { method, url, headers: { ...headers, Authorization: authorization }, body: data };
    };
    return exchange(build, { client: this.#client, limits: DEFAULT_LIMITS, maxBytes: DEFAULT_MAX_BUFFER_SIZE, retry, maxRetry, signal });
  }

  /** Closes the kept connections; requests in flight fail. */
  close(): void {
    this.#client.close();
  }

  /** As {@link close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
