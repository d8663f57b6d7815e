import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Expected } from "./score.js";

/** The corpus of console output lies beside the checkout, and not everywhere. */
const CORPUS = new URL("../../../../../../shared/data/console/", import.meta.url);

/** Console output, and what a complete parser reads of it. */
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
  return existsSync(CORPUS) ? readCorpusFiles(CORPUS) : [];
}

/**
 * @param folder - where `NAME.txt` and `NAME.expected.json` lie
 * @returns its files by name
 */
export function readCorpusFiles(folder: URL): CorpusFile[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  return files.map((file) => {
    const name = file.slice(0, -".txt".length);
    const expected = JSON.parse(readFileSync(new URL(`${name}.expected.json`, folder), "utf8")) as Expected[];
    return { name, bytes: readFileSync(new URL(file, folder)), expected };
  });
}
