export { AvaError, type AvaErrorCode } from "../../place/error.js";
export type { LinePlace, StretchOfStream } from "./line-map.js";
export { checkReread, type ReadPoint, type RereadOptions, StoredLogReader } from "./log-reader.js";
