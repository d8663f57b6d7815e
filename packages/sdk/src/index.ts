export { AvaError, type AvaErrorCode } from "./error.js";
export * from "./monitor/index.js";
export * as params from "./params/index.js";
export * from "./train/index.js";
