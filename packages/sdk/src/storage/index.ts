export type { StorageSettings } from "../place/settings/storage-address.js";
export { openStorage } from "./open-storage.js";
export type { Storage } from "./storage.js";
export type { PutResult, StoredObject, TransferOptions, TransferProgress } from "./transfer/stored-object.js";
