export { PlatformError, type StartErrorCode } from "./error.js";
export { DEFAULT_PORT, type Platform, type PlatformOptions, startPlatform } from "./platform.js";
export { querySeries, type SeriesQuery } from "./query/series.js";
export type { Store } from "./store/contract/store.js";
export { openStore, type StoreOptions } from "./store/embedded/open.js";
export { openPostgres, type PostgresOptions } from "./store/postgres/open.js";
