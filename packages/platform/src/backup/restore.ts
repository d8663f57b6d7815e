import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { damaged, systemCode } from "../error.js";
import { copyPrivate, madeWhole } from "./copy.js";
import { damageOf, type Manifest, readManifest } from "./manifest.js";

/**
 * Makes a data folder of a backup, and sees that every byte is as the backup wrote it.
 *
 * @param from - folder of the backup
 * @param dataDir - not there yet or empty
 * @returns what it holds
 * @throws PlatformError `data_dir_unusable`, `store_damaged` when the backup is not whole, `store_full`; then there is no data folder
 */
export async function restore(from: string, dataDir: string): Promise<Manifest> {
  const manifest = await readManifest(from);
  return madeWhole(dataDir, async (folder) => {
    // It may have no files: what a platform takes for a log that is gone is one without its folder.
    await mkdir(join(folder, "log"), { mode: 0o700 });
    for (const { path } of manifest.files) {
      await copyPrivate(join(from, path), join(folder, path)).catch((error: unknown) => {
        throw systemCode(error) === "ENOENT" ? damaged(`The backup lacks ${join(from, path)}.`) : error;
      });
    }
    const [first] = await damageOf(folder, manifest);
    if (first !== undefined)
      throw damaged(`The backup in ${from} is damaged: of ${first.file.slice(folder.length + 1)}, ${first.what}. Nothing was restored.`);
    return manifest;
  });
}
