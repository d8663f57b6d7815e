import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PlatformError, systemCode } from "../error.js";

/** Name of the file that makes a folder a backup; it is written last. */
export const MANIFEST = "backup.json";

/** What a backup holds. */
export interface Manifest {
  /** Of this form. */
  version: 1;
  /** When it was begun: everything that was acknowledged before is in it. */
  begun: string;
  /** Of the platform that made it. */
  platform: string;
  files: BackupFile[];
}

/** A file of a backup. */
export interface BackupFile {
  /** Below the folder, with `/`. */
  path: string;
  bytes: number;
  /** SHA-256 in hexadecimal. */
  sha256: string;
}

/** @returns whether a folder is a backup that was finished */
export function isBackup(folder: string): boolean {
  return existsSync(join(folder, MANIFEST));
}

/**
 * @param folder - of the backup
 * @throws PlatformError `data_dir_unusable` when the folder is not a whole backup
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, MANIFEST);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (systemCode(error) !== "ENOENT" && systemCode(error) !== "ENOTDIR") throw error;
    throw new PlatformError("data_dir_unusable", `There is no whole backup in ${folder}: it has no ${MANIFEST}, which is written last.`);
  });
  const manifest = parse(text);
  if (typeof manifest !== "object") throw new PlatformError("data_dir_unusable", `${file} cannot be read: it is damaged.`);
  if (manifest.version !== 1)
    throw new PlatformError("store_newer", `A newer ava-platform made the backup in ${folder}: restore it with that one.`);
  return manifest;
}

function parse(text: string): Manifest | undefined {
  try {
    const { version, begun, platform, files } = JSON.parse(text) as Manifest;
    // A path that leads out of the folder was not written by a backup.
    const isOurs = files.every(({ path }) => path.split("/").every((part) => !/^(\.{0,2})$/.test(part)));
    return isOurs ? { version, begun, platform, files } : undefined;
  } catch {
    return undefined;
  }
}

/** @returns size and SHA-256 of a file */
export async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/**
 * Reads every file of a backup.
 *
 * @returns a sentence for each that is not as it was written
 */
export async function damageOf(folder: string, { files }: Manifest): Promise<{ file: string; what: string }[]> {
  const damage: { file: string; what: string }[] = [];
  for (const { path, bytes, sha256 } of files) {
    const file = join(folder, path);
    const found = await digestOf(file).catch((error: unknown) => systemCode(error) ?? String(error));
    const what = whatOf(found, bytes, sha256);
    if (what !== undefined) damage.push({ file, what });
  }
  return damage;
}

function whatOf(found: { bytes: number; sha256: string } | string, bytes: number, sha256: string): string | undefined {
  if (typeof found === "string") return found === "ENOENT" ? "it is not there" : `it cannot be read (${found})`;
  if (found.bytes !== bytes) return `it has ${found.bytes} bytes, the backup wrote ${bytes}`;
  return found.sha256 === sha256 ? undefined : "its content is not what the backup wrote";
}
