export { logger } from "./log/index.js";
export { AvaError, type AvaErrorCode } from "./place/error.js";
export * as params from "./place/params/index.js";
export { Fetcher, QMacAuthFetcher } from "./storage/transfer/index.js";
export { Uploader } from "./storage/transfer/uploader.js";
export * from "./train/index.js";
export * from "./train/monitor/index.js";
export * as utils from "./utils/index.js";
export { cmd, compress, fileloc } from "./utils/index.js";
