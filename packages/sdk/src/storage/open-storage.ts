import { AvaError } from "../error.js";
import { FileStorage } from "./file-storage.js";
import type { StorageSettings } from "./settings.js";
import type { Storage } from "./storage.js";

/**
 * Opens the storage that a spec names.
 *
 * @param settings - spec and keys
 * @returns the storage; nothing is asked of it yet
 * @throws AvaError STORAGE_INVALID for a spec of no known kind
 */
export async function openStorage(settings: StorageSettings): Promise<Storage> {
  const [, kind, place] = /^([a-z0-9]+):(.+)$/.exec(settings.spec) ?? [];
  if (kind === "file" && place !== undefined) return new FileStorage(place.replace(/^\/\//, ""));
  throw new AvaError("STORAGE_INVALID", `storage '${settings.spec}': write it as file:/path`);
}
