import { renameSync, writeFileSync } from "node:fs";

/**
 * Writes a file that other processes read at any moment: it is whole at each.
 *
 * @param file - path; its folder exists
 * @param text - of it
 * @throws the file system's error
 */
export function replaceFile(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.tmp`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, file);
}
