export { AvaError, type AvaErrorCode } from "./error.js";
export * from "./log/index.js";
export * from "./monitor/index.js";
export * as params from "./params/index.js";
export * from "./train/index.js";
