export { AvaError, type AvaErrorCode } from "./error.js";
export { logger } from "./log/index.js";
export * from "./monitor/index.js";
export * as params from "./params/index.js";
export * from "./train/index.js";
export { Fetcher, QMacAuthFetcher } from "./transfer/index.js";
export { Uploader } from "./transfer/uploader.js";
export * as utils from "./utils/index.js";
export { cmd, compress, fileloc } from "./utils/index.js";
