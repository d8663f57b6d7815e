import { readdir, writeFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { PlatformError, systemCode } from "../error.js";
import { backupStore } from "../store/embedded/backup.js";
import { copyPrivate, madeWhole } from "./copy.js";
import { digestOf, MANIFEST, type Manifest } from "./manifest.js";

/** Copied beside database and log. What says who has the folder open is not. */
const SMALL_FILES = ["README.txt", "token", "secret", "bucket-owner", "ended-sessions.json"];
/** Begins the name of a file that a client is sending. */
const UNFINISHED = ".part-";

/**
 * Copies a data folder, which a platform may have open. The copy is a data folder itself.
 *
 * @param dataDir - the data folder
 * @param to - folder of the copy, not there yet or empty
 * @param platform - version of this program
 * @returns what it holds; everything that was acknowledged before the call
 * @throws PlatformError `data_dir_unusable`, `store_damaged`, `store_full`
 */
export async function backup(dataDir: string, to: string, platform: string): Promise<Manifest> {
  if (`${resolve(to)}${sep}`.startsWith(`${resolve(dataDir)}${sep}`)) {
    throw new PlatformError("data_dir_unusable", `${to} lies in the data folder. Name a folder outside of it, best on another disk.`);
  }
  const begun = new Date().toISOString();
  return madeWhole(to, async (folder) => {
    await backupStore(dataDir, folder);
    for (const path of [...SMALL_FILES, ...(await damagedOf(dataDir)), ...(await filesIn(dataDir, "files"))]) {
      await copyPrivate(join(dataDir, path), join(folder, path)).catch(isGone);
    }
    const files: Manifest["files"] = [];
    for (const path of await filesIn(folder, "")) files.push({ path, ...(await digestOf(join(folder, path))) });
    const manifest: Manifest = { version: 1, begun, platform, files };
    await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`, { mode: 0o600, flush: true });
    return manifest;
  });
}

/** @returns copies of damaged stretches of the log, which a platform made */
async function damagedOf(dataDir: string): Promise<string[]> {
  return (await filesIn(dataDir, "log")).filter((path) => path.includes(".log.damaged."));
}

/** @returns paths of all files below a folder of a folder, in order */
async function filesIn(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(isGone);
  const found: string[] = [];
  for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesIn(root, below)));
    else if (entry.isFile() && !entry.name.startsWith(UNFINISHED)) found.push(below);
  }
  return found;
}

/** Files of a run may be removed meanwhile. */
function isGone(error: unknown): undefined {
  if (systemCode(error) !== "ENOENT") throw error;
}
