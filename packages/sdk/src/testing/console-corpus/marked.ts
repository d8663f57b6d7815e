import { readdirSync, readFileSync } from "node:fs";
import type { CorpusFile } from "./corpus.js";
import type { Expected } from "./score.js";

/** Characters that stand for control bytes, so that an editor shows them. */
const CONTROLS: Readonly<Record<string, string>> = { "␍": "\r", "␈": "\b", "␛": "\x1b" };
const MARK = "=> ";

/** A file of examples. */
export interface MarkedFile {
  name: string;
  sections: CorpusFile[];
}

/**
 * Reads examples of console output with what is to be read of each line below it: `=> loss=0.5 val/acc=0.9:val lr=0.1? ; epoch 1 batch 2`. A phase stands behind the value, or with the counters
 * for all values of the line; `?` marks what may be left out. A line without a mark tells nothing.
 *
 * @param folder - with files whose sections begin with `### NAME`
 * @returns the files
 */
export function readMarkedFiles(folder: URL): MarkedFile[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  return files.map((name) => {
    const sections = readFileSync(new URL(name, folder), "utf8").split(/^### /m).slice(1);
    return { name, sections: sections.map((section) => marked(section.trimEnd().split("\n"))) };
  });
}

function marked([name = "", ...lines]: readonly string[]): CorpusFile {
  const text: string[] = [];
  const expected: Expected[] = [];
  for (const line of lines) {
    if (line.startsWith(MARK)) expected.push(...entriesOf(line.slice(MARK.length), text.length));
    else text.push(line.replace(/[␍␈␛]/g, (shown) => CONTROLS[shown] as string));
  }
  return { name, bytes: Buffer.from(`${text.join("\n")}\n`), expected };
}

function entriesOf(mark: string, line: number): Expected[] {
  const [values = "", counters = ""] = mark.split(" ; ");
  const words = counters.split(" ").filter((word) => word !== "");
  const place: Record<string, number | string> = {};
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [counter, value] = [words[at] as string, words[at + 1] as string];
    place[counter] = counter === "phase" ? value : Number(value);
  }
  return values.split(" ").map((entry) => {
    const [, name, value, phase, optional] = /^(.+)=([^=:?]+)(?::(train|val|test))?(\?)?$/.exec(entry) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a mark: ${entry}`);
    const isFinite = Number.isFinite(Number(value));
    return {
      name,
      value: isFinite ? Number(value) : value,
      ...place,
      ...(phase === undefined ? {} : { phase }),
      line,
      ...(optional === undefined ? {} : { optional: true }),
    };
  });
}
