export { AvaError, type AvaErrorCode } from "../../place/error.js";
export type { LinePlace, StretchOfStream } from "./line-map.js";
export { createRereaders, type ReadPoint, type RereadOptions, StoredLogReader } from "./log-reader.js";
