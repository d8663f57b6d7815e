import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AvaError } from "../place/error.js";
import type { Settings } from "../place/settings/settings.js";
import { askPlatform } from "../ship/ask-platform.js";
import { openStorage } from "../storage/open-storage.js";
import type { PutResult, StoredObject } from "../storage/transfer/stored-object.js";
import { untarFile } from "./compress/compress.js";
import { logKey } from "./job.js";

/** A model as the platform describes it. */
interface ModelRecord {
  file?: string;
  key?: string;
  hash?: string;
}

/**
 * Uploads the log files of a run.
 *
 * @param logs - folder of the logs
 * @param instanceId - id of the instance
 * @param settings - training and storage
 * @returns what was stored, each verified
 * @throws AvaError of the storage
 */
export async function uploadLogFiles(logs: string, instanceId: string, settings: Settings): Promise<PutResult[]> {
  const storage = await openStorage(settings.storage);
  try {
    const stored: PutResult[] = [];
    for (const entry of (await readdir(logs, { withFileTypes: true })).filter((found) => found.isFile())) {
      stored.push(await storage.put(join(logs, entry.name), logKey(settings.training, instanceId, entry.name)));
    }
    return stored;
  } finally {
    storage.close();
  }
}

/**
 * Downloads a registered model and unpacks it.
 *
 * @param name - name of the model
 * @param version - default the newest
 * @param target - folder to unpack to; made if need be
 * @param settings - platform and storage
 * @returns the folder
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED, HASH_MISMATCH, ARCHIVE_UNSAFE, and those of the storage
 */
export async function downloadModelFiles(name: string, version: string | undefined, target: string, settings: Settings): Promise<string> {
  const archive = `${target.replace(/\/+$/, "")}.tar.gz`;
  try {
    await downloadModelArchive(name, version, archive, settings);
    await untarFile(archive, target);
    return target;
  } finally {
    await rm(archive, { force: true });
  }
}

/**
 * Downloads the archive of a registered model.
 *
 * @param name - name of the model
 * @param version - default the newest
 * @param file - path to write, replaced where it exists
 * @param settings - platform and storage
 * @returns the path
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED, HASH_MISMATCH, and those of the storage
 */
export async function downloadModelArchive(name: string, version: string | undefined, file: string, settings: Settings): Promise<string> {
  const { key, hash, file: address } = await describeModel(name, version, settings);
  if (key === undefined)
    throw new AvaError("OBJECT_MISSING", `model ${name} was registered without its key in the storage (${address ?? "no file"})`);
  const storage = await openStorage(settings.storage);
  try {
    // Asked before, so that no other object takes the place of a file that is there.
    const hasOther = (object: StoredObject | undefined) => hash !== undefined && object !== undefined && object.hash !== hash;
    if (!hasOther(await storage.stat(key)) && !hasOther(await storage.get(key, file))) return file;
    throw new AvaError("HASH_MISMATCH", `model ${name}: ${storage.spec} holds another object under ${key} than was registered`);
  } finally {
    storage.close();
  }
}

async function describeModel(name: string, version: string | undefined, settings: Settings): Promise<ModelRecord> {
  const route = `/v1/models/${encodeURIComponent(name)}${version === undefined ? "" : `/${encodeURIComponent(version)}`}?includeDetails=false`;
  const answer = await askPlatform(route, settings, { signal: AbortSignal.timeout(30_000) });
  return JSON.parse(await answer.text()) as ModelRecord;
}
