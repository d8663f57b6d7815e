export { AvaError, type AvaErrorCode } from "../../place/error.js";
export type { TimeLimits } from "../transfer/http/http-exchange.js";
export { TransferError } from "../transfer/transfer-error.js";
export { type ListedObject, S3Objects, type S3ObjectsOptions } from "./s3-objects.js";
export type { S3Settings } from "./s3-settings.js";
