import { AvaError } from "../place/error.js";
import { type StorageSettings, storageFolder } from "../place/settings/storage-address.js";
import type { Storage } from "./storage.js";
import { readPlace, type StoragePlace } from "./storage-place.js";

/**
 * Opens the storage that a spec names: `file:/path`, `kodo:BUCKET` or `s3:BUCKET/prefix`. `?endpoint=http://host:port` names another server than
 * the public cloud's; S3 also takes `region` and `style` (`path` or `host`). The code of a storage is loaded when it is used.
 *
 * @param settings - spec and keys
 * @returns the storage; nothing is asked of it yet
 * @throws AvaError STORAGE_INVALID for a spec that can't be read, CREDENTIALS_MISSING, STORAGE_PEER_MISSING
 */
export async function openStorage(settings: StorageSettings): Promise<Storage> {
  const [, kind, place = ""] = /^([a-z0-9]+):(.+)$/s.exec(settings.spec) ?? [];
  const folder = storageFolder(settings);
  if (folder !== undefined) {
    const { FileStorage } = await import("./file-storage.js");
    return new FileStorage(folder);
  }
  const where = readPlace(place);
  const { bucket, prefix, endpoint } = where;
  if (kind === "kodo" && bucket && !prefix) return openKodo(bucket, endpoint, settings);
  if (kind === "s3" && bucket) return openS3(where, settings);
  throw new AvaError("STORAGE_INVALID", "write the storage as file:/path, kodo:BUCKET or s3:BUCKET/prefix?endpoint=https://host");
}

async function openKodo(bucket: string, endpoint: string | undefined, { accessKey, secretKey, uid }: StorageSettings): Promise<Storage> {
  if (!accessKey || !secretKey) {
    throw new AvaError("CREDENTIALS_MISSING", "Kodo needs keys: set AVA_ACCESS_KEY and AVA_SECRET_KEY, or write them to config/user");
  }
  const { KodoStorage } = await import("./kodo-storage.js");
  return new KodoStorage(bucket, { accessKey, secretKey }, { endpoint, uid });
}

async function openS3(place: StoragePlace, settings: StorageSettings): Promise<Storage> {
  const [{ S3Storage }, { openS3Client }] = await Promise.all([import("./s3-storage.js"), import("./s3/s3-client.js")]);
  return new S3Storage(await openS3Client(place, settings));
}
