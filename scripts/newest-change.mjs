// @ts-check
import { readdirSync, statSync } from "node:fs";
import path from "node:path";

const builtFolders = new Set(["node_modules", "dist"]);

/**
 * @param {string[]} folders - looked through with everything below them, except what builds write
 * @returns {number} when a file in them changed last, in milliseconds since 1970; 0 without files
 */
export function newestChangeMs(folders) {
  let newest = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (builtFolders.has(entry.name)) continue;
      const target = path.join(folder, entry.name);
      newest = Math.max(newest, entry.isDirectory() ? newestChangeMs([target]) : statSync(target).mtimeMs);
    }
  }
  return newest;
}
