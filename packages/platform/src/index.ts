export { PlatformError, type StartErrorCode } from "./error.js";
export { DEFAULT_PORT, type Platform, type PlatformOptions, startPlatform } from "./platform.js";
