import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** @param relative - path from the repository's root @returns absolute path */
export function repositoryPath(relative: string): string {
  return path.join(ROOT, relative);
}

/** @param name - name of a Caffe log without its ending @returns its path */
export function caffeLog(name: string): string {
  const file = repositoryPath(`packages/sdk/src/console/parsers/caffe/fixtures/${name}.log`);
  if (!existsSync(file)) throw new Error(`${file} is missing`);
  return file;
}
