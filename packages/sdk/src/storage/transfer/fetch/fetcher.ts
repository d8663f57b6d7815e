import { escapeKey } from "ava-kodo";
import { downloadFile } from "../download/download-file.js";
import type { Downloaded } from "../download/downloaded.js";
import { RangeSource } from "../download/range-source.js";
import { resolveTarget } from "../download/target.js";
import { HttpClient } from "../http/http-client.js";
import type { HttpRequest, TimeLimits } from "../http/http-exchange.js";
import { RETRY_POLICY, type RetryPolicy } from "../retry/policy.js";
import { TransferError } from "../transfer-error.js";
import { BucketDomains } from "./bucket-domains.js";
import { asResult, DEFAULT_MAX_RETRY, exchange, type FetchResult, type RetryOptions } from "./exchange.js";
import { DEFAULT_CONNECT_TIMEOUT, DEFAULT_LIMITS, DEFAULT_MAX_BUFFER_SIZE, DEFAULT_REQUEST_TIMEOUT, DOWNLOAD_POOL_SIZE } from "./limits.js";
import { isQiniuUrl, splitQiniuUrl } from "./qiniu-url.js";
import { type KeyPair, signedNow } from "./signed-url.js";
import { Slots } from "./slots.js";

/** How a Fetcher is made; the first six are the seed's. */
export interface FetcherOptions<Async extends boolean = boolean> {
  /** Requests return nothing and call back. Default false. */
  async?: Async | undefined;
  /** Keys of the account, for `qiniu://` addresses, `fromKodo`, and to sign URLs anew that these keys have signed. */
  accessKey?: string | undefined;
  secretKey?: string | undefined;
  /** Time for a whole request, in seconds; for `fetchHugeFile`, where given, for the whole file. Default 600. */
  reqTimeout?: number | undefined;
  /** Requests at the same time; further ones wait. Default 75. */
  downloadPool?: number | undefined;
  /** Longest body that `fetch` takes, in bytes. Default 1 GiB. */
  maxBufferSize?: number | undefined;
  /** Time to get a connection, in seconds. Default 20. */
  connectTimeout?: number | undefined;
  /** Time without a single byte, in seconds. Default 60. */
  idleTimeout?: number | undefined;
  /** Where `fromKodo` connects to: `[http://]host[:port]`. Default `http://iovip.qbox.me`. */
  sourceHost?: string | undefined;
  /** `http[s]://host[:port]` to ask for the domains of a bucket. Default: the public cloud's. */
  endpoint?: string | undefined;
  /** How failures are answered. Default: `fetch` tries whatever failed again, `fetchHugeFile` what may get better. */
  retryPolicy?: RetryPolicy | undefined;
}

/** What an asynchronous request calls when it has ended: result, error, the elements of `cbArgs`, and `cbKargs` where given. */
export type FetchCallback = (...args: [...FetchResult, ...rest: never[]]) => void;

/** What to request; all fields are the seed's but `signal`. */
export interface FetchOptions extends RetryOptions {
  /** Default `GET`. */
  method?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Body; not with `GET` and `HEAD`. */
  data?: string | Uint8Array | undefined;
  /** Download from Kodo's source site instead of the URL's own host. Default false. */
  fromKodo?: boolean | undefined;
  /** Called when the request has ended; only by an asynchronous Fetcher. */
  callback?: FetchCallback | undefined;
  /** Passed to the callback behind result and error. */
  cbArgs?: readonly unknown[] | undefined;
  /** Passed to the callback as its last argument. */
  cbKargs?: Readonly<Record<string, unknown>> | undefined;
  /** Ends the request and its waits. */
  signal?: AbortSignal | undefined;
}

/** Told how many bytes are there, and how many there will be where the server tells. */
export type ProgressCallback = (bytes: number, totalBytes: number | undefined) => void;

/** Bytes between two calls of a progress callback where none are named: 1 MiB. */
const DEFAULT_CHUNK_SIZE = 1024 * 1024;

/** The old client's way to the source site. */
const DEFAULT_SOURCE_HOST = "http://iovip.qbox.me";

/** Node's longest timer, 24 days: a file takes as long as it takes, what ends a download is that no byte comes. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/**
 * HTTP requests and downloads, with retries and Kodo's private addresses.
 *
 * @example
 * using fetcher = new Fetcher({ accessKey, secretKey });
 * const [res, err] = await fetcher.fetch("http://example.com/a.json", { maxRetry: 0 });
 * const [file, failure] = await fetcher.fetchHugeFile("qiniu:///train-data/weights.bin", "weights.bin");
 */
export class Fetcher<Async extends boolean = false> {
  /** Seconds. */
  static readonly DEFAULT_CONNECT_TIMEOUT: number = DEFAULT_CONNECT_TIMEOUT;
  /** Seconds. */
  static readonly DEFAULT_REQUEST_TIMEOUT: number = DEFAULT_REQUEST_TIMEOUT;
  /** Retries where `maxRetry` is 0. */
  static readonly DEFAULT_MAX_RETRY: number = DEFAULT_MAX_RETRY;
  /** Bytes. */
  static readonly DEFAULT_MAX_BUFFER_SIZE: number = DEFAULT_MAX_BUFFER_SIZE;
  /** Requests at the same time. */
  static readonly DOWNLOAD_POOL_SIZE: number = DOWNLOAD_POOL_SIZE;

  readonly #options: FetcherOptions;
  readonly #keys: KeyPair | undefined;
  readonly #limits: TimeLimits;
  readonly #client = new HttpClient();
  readonly #slots: Slots;
  readonly #domains: BucketDomains | undefined;
  #isTaking = true;
  #isClosed = false;

  /** @param options - how; without any, a synchronous Fetcher without keys */
  constructor(options: FetcherOptions<Async> = {}) {
    const { accessKey, secretKey, reqTimeout, connectTimeout, idleTimeout } = options;
    this.#options = options;
    this.#keys = accessKey && secretKey ? { accessKey, secretKey } : undefined;
    this.#limits = {
      connectMs: connectTimeout === undefined ? DEFAULT_LIMITS.connectMs : connectTimeout * 1000,
      idleMs: idleTimeout === undefined ? DEFAULT_LIMITS.idleMs : idleTimeout * 1000,
      totalMs: reqTimeout === undefined ? DEFAULT_LIMITS.totalMs : reqTimeout * 1000,
    };
    this.#slots = new Slots(options.downloadPool ?? DOWNLOAD_POOL_SIZE);
    const { endpoint, retryPolicy: policy } = options;
    this.#domains = this.#keys && new BucketDomains(this.#keys, { endpoint, policy, limits: this.#limits, maxRetries: DEFAULT_MAX_RETRY });
  }

  /**
   * Makes a request and reads the answer, unpacked, into memory. Redirects are followed; a `POST` that is answered 302 or 303 becomes a `GET`. A `POST` without a
   * content type is a form. Whatever fails is tried again, as often as `maxRetry` says; time-outs are two fifths longer with each retry, but for `reqTimeout`.
   *
   * @param url - http, https or `qiniu://` address
   * @param options - what to send, how often to try
   * @returns `[res, undefined]` for a status of 2xx, else `[undefined, err]`; `err` carries `code`, `status` and the answer as `response`. An
   * asynchronous Fetcher returns nothing and calls `callback(res, err, ...cbArgs, cbKargs)`
   */
  fetch(url: string, options: FetchOptions = {}): Async extends true ? undefined : Promise<FetchResult> {
    const result = this.#isTaking || !this.#options.async ? this.#fetch(url, options) : this.#refuse("asynchronous requests are stopped");
    if (this.#options.async) void result.catch(asFailure).then((answer) => callBack(options, answer));
    return (this.#options.async ? undefined : result) as Async extends true ? undefined : Promise<FetchResult>;
  }

  /**
   * Downloads to a file: resumed where an earlier download to the same path ended, several ranges at a time, checked against length and hash.
   * The name appears when the file is complete; before, the bytes are in `<filepath>.part`.
   *
   * @param url - http, https or `qiniu://` address; one that the Fetcher's keys have signed is signed anew for each request
   * @param filepath - where to; its folder exists, a file of that name is replaced. The file that a link leads to is meant; a device or a pipe is written to
   * @param headers - sent with each request
   * @param chunkSize - bytes between two calls of the progress callback. Default 1 MiB
   * @param progressCallback - told the progress; what it throws rejects the promise
   * @param options - `signal` ends the download, what came stays; `fromKodo` as in {@link fetch}
   * @returns `[res, undefined]` with path, length, status, headers and etag, else `[undefined, err]` with `err.code` and `err.status`
   */
  fetchHugeFile(
    url: string,
    filepath: string,
    headers: Readonly<Record<string, string>> = {},
    chunkSize: number = DEFAULT_CHUNK_SIZE,
    progressCallback?: ProgressCallback,
    options: { signal?: AbortSignal | undefined; fromKodo?: boolean | undefined } = {},
  ): Promise<FetchResult<Downloaded>> {
    if (this.#isClosed) return this.#refuse("the Fetcher is closed");
    const { reqTimeout, retryPolicy = RETRY_POLICY } = this.#options;
    return asResult(() =>
      this.#slots.run(async () => {
        const target = await resolveTarget(filepath);
        const build = await this.#locate(url, options.fromKodo ?? false);
        const downloaded = await downloadFile({
          source: new RangeSource(this.#client, { ...this.#limits, totalMs: NO_LIMIT_MS }, build, headers),
          target,
          maxRetries: DEFAULT_MAX_RETRY,
          policy: retryPolicy,
          signal: options.signal,
          timeoutMs: reqTimeout === undefined ? undefined : reqTimeout * 1000,
          ...(progressCallback ? { onProgress: everyChunk(chunkSize, progressCallback) } : {}),
        });
        return { ...downloaded, path: filepath };
      }),
    );
  }

  /**
   * Turns the address of an object into a URL of its bucket's domain, which Qiniu is asked for. The URL is not signed; `fetch` and
   * `fetchHugeFile` take the address itself and sign.
   *
   * @param path - `qiniu://<zone>/<bucket>/<key>`, `qiniu://<uid>@<zone>/<bucket>/<key>`, `qiniu:///<bucket>/<key>` or `/<bucket>/<key>`
   * @returns `http://<domain>/<escaped key>`, with the query where there is one
   * @throws TransferError REQUEST_INVALID, CREDENTIALS_MISSING, DOMAIN_UNKNOWN, and those of the request
   */
  async parseQiniuUrl(path: string): Promise<string> {
    const { bucket, key, query } = splitQiniuUrl(path);
    if (!this.#domains) {
      throw new TransferError("CREDENTIALS_MISSING", "qiniu:// addresses need the account's access key and secret key");
    }
    return `http://${await this.#domains.find(bucket)}/${escapeKey(key)}${query}`;
  }

  /** Takes asynchronous requests again after {@link stopTornadoIoloop}; a new Fetcher takes them. There is no loop of its own to start. */
  startTornadoIoloop(): void {
    this.#isTaking = true;
  }

  /** Takes no asynchronous requests any more: their callbacks get FETCHER_CLOSED. Those under way go on. */
  stopTornadoIoloop(): void {
    this.#isTaking = false;
  }

  /** Closes the kept connections; requests in flight fail, later ones are refused with FETCHER_CLOSED. */
  close(): void {
    this.#isClosed = true;
    this.#client.close();
    this.#domains?.close();
  }

  /** As {@link close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #refuse(why: string): Promise<[res: undefined, err: TransferError]> {
    return Promise.resolve([undefined, new TransferError("FETCHER_CLOSED", why)]);
  }

  async #fetch(url: string, options: FetchOptions): Promise<FetchResult> {
    if (this.#isClosed) return this.#refuse("the Fetcher is closed");
    const { headers, data, retry, maxRetry, signal, fromKodo = false } = options;
    const method = (options.method ?? "GET").toUpperCase();
    const [build, failure] = await asResult(() => this.#locate(url, fromKodo));
    if (failure) return [undefined, failure];
    return this.#slots.run(() =>
      exchange(() => ({ ...build(), method, ...(headers ? { headers } : {}), body: data }), {
        client: this.#client,
        limits: this.#limits,
        isTotalFixed: this.#options.reqTimeout !== undefined,
        maxBytes: this.#options.maxBufferSize ?? DEFAULT_MAX_BUFFER_SIZE,
        policy: this.#options.retryPolicy,
        retry,
        maxRetry,
        signal,
      }),
    );
  }

  /** @returns what makes the URL of each request; the source site has the bucket's domain in the URL that is signed, and only the connection goes elsewhere */
  async #locate(url: string, fromKodo: boolean): Promise<() => Pick<HttpRequest, "url" | "connectTo">> {
    const isQiniu = isQiniuUrl(url);
    const located = isQiniu ? await this.parseQiniuUrl(url) : url;
    if (!fromKodo) return () => ({ url: signedNow(located, this.#keys, isQiniu) });
    const sourceHost = this.#options.sourceHost ?? DEFAULT_SOURCE_HOST;
    const scheme = sourceHost.startsWith("https:") ? "https" : "http";
    const base = located.replace(/^https?:/i, `${scheme}:`);
    return () => ({ url: signedNow(base, this.#keys, true), connectTo: sourceHost });
  }
}

/** Arguments of a wrong type: the promise that would reject is not waited for. */
function asFailure(cause: unknown): FetchResult {
  return [undefined, new TransferError("REQUEST_INVALID", cause instanceof Error ? cause.message : String(cause), { cause })];
}

function callBack({ callback, cbArgs = [], cbKargs }: FetchOptions, answer: FetchResult): void {
  try {
    (callback as ((...args: unknown[]) => void) | undefined)?.(...answer, ...cbArgs, ...(cbKargs ? [cbKargs] : []));
  } catch (error) {
    // An asynchronous request is not waited for, and a mistake in a callback must not end the training.
    process.emitWarning(`a callback of Fetcher.fetch threw: ${error instanceof Error ? error.message : String(error)}`, "AvaWarning");
  }
}

function everyChunk(chunkSize: number, tell: ProgressCallback): ProgressCallback {
  let next = 0;
  return (bytes, totalBytes) => {
    if (bytes < next - chunkSize) next = 0;
    if (bytes < next && bytes !== totalBytes) return;
    next = bytes + chunkSize;
    tell(bytes, totalBytes);
  };
}
