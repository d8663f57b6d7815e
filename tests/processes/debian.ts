// Programs of Debian that tests use: packages are unpacked into a folder, not installed.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { repositoryPath } from "./paths.js";

const UNPACK =
  'cd "$1" && shift && apt-get download -qq "$@" >/dev/null && for deb in *.deb; do dpkg-deb -x "$deb" . || exit 1; done && rm ./*.deb';

/**
 * Unpacks packages, where no earlier run has.
 *
 * @param name - of their folder
 * @param packages - names
 * @returns the folder; `undefined`, told loudly, where they cannot be had
 */
export function unpackedDebian(name: string, packages: readonly string[]): string | undefined {
  const folder = repositoryPath(`.venvs/${name}`);
  if (existsSync(folder)) return folder;
  const part = `${folder}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  try {
    execFileSync("sh", ["-c", UNPACK, "sh", part, ...packages], { stdio: ["ignore", "ignore", "pipe"] });
    // Another process may have been quicker.
    if (!existsSync(folder)) renameSync(part, folder);
    return folder;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(`\n!!! THE TESTS WITH ${packages.join(", ")} OF DEBIAN DO NOT RUN: ${why} !!!\n`);
    return undefined;
  }
}

/** @param folder - of unpacked packages @returns where their shared libraries are, for `LD_LIBRARY_PATH` */
export function librariesOf(folder: string): string {
  const libraries = path.join(folder, "usr/lib");
  return path.join(libraries, readdirSync(libraries).find((name) => name.endsWith("-linux-gnu")) ?? "");
}
