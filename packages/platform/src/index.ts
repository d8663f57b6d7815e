export { PlatformError, type StartErrorCode } from "./error.js";
export { DEFAULT_PORT, type Platform, type PlatformOptions, startPlatform } from "./platform.js";
export { querySeries, type SeriesQuery } from "./query/series.js";
export type { Instance } from "./store/instance/instance.js";
export { openStore, type StoreOptions } from "./store/open.js";
export type { Store } from "./store/store.js";
