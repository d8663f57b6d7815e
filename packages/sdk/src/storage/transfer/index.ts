export type { Downloaded } from "./download/downloaded.js";
export type { FetchResult, RetryOptions } from "./fetch/exchange.js";
export { type FetchCallback, Fetcher, type FetcherOptions, type FetchOptions, type ProgressCallback } from "./fetch/fetcher.js";
export { QMacAuthFetcher, type QMacAuthFetchOptions } from "./fetch/qmac-auth-fetcher.js";
export { FETCH_POLICY, RETRY_POLICY, type RetryPolicy } from "./retry/policy.js";
export { type FetchResponse, TransferError } from "./transfer-error.js";
export type { KodoClientOptions } from "./upload/kodo-client.js";
export type { UploadOptions } from "./upload/upload-file.js";
export { Uploader } from "./uploader.js";
