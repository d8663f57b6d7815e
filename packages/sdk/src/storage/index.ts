export { openStorage } from "./open-storage.js";
export type { StorageSettings } from "./settings.js";
export type { PutResult, Storage, StoredObject, TransferOptions, TransferProgress } from "./storage.js";
