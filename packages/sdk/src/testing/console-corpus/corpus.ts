import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Expected } from "./score.js";

/** The corpus of console output lies beside the checkout, and not everywhere. */
const FOLDER = new URL("../../../../../../shared/data/console/", import.meta.url);

/** One file of the corpus. */
export interface CorpusFile {
  name: string;
  bytes: Buffer;
  expected: Expected[];
}

/**
 * Reads the corpus of console output that lies beside the checkout.
 *
 * @returns its files by name; none where it is missing
 */
export function readCorpus(): CorpusFile[] {
  if (!existsSync(FOLDER)) return [];
  const names = readdirSync(FOLDER).filter((file) => file.endsWith(".txt"));
  return names.map((file) => {
    const name = file.slice(0, -".txt".length);
    const expected = JSON.parse(readFileSync(new URL(`${name}.expected.json`, FOLDER), "utf8")) as Expected[];
    return { name, bytes: readFileSync(new URL(file, FOLDER)), expected };
  });
}
