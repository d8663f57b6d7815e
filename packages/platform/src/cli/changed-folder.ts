import { existsSync } from "node:fs";
import { join } from "node:path";
import { isBackup } from "../backup/manifest.js";
import { PlatformError } from "../error.js";

/**
 * A store that is opened moves its log into its database: a backup would no longer be what its list of files says, and could not be restored.
 *
 * @throws PlatformError `data_dir_unusable` where a folder is a backup
 */
export function refuseBackup(folder: string): void {
  if (!isBackup(folder)) return;
  const message = `${folder} is a backup, which would be changed. Restore it first: ava-platform restore --from ${folder} --data FOLDER, and name that folder.`;
  throw new PlatformError("data_dir_unusable", message);
}

/** @throws PlatformError `data_dir_unusable` where there is no store in a folder */
export function refuseMissing(folder: string): void {
  if (existsSync(join(folder, "store.db"))) return;
  throw new PlatformError("data_dir_unusable", `There is no store in ${folder}. Name the platform's folder with --data.`);
}
