// @ts-check
// Leaves each file of the console corpus out in turn: the words that the general parser knows from that file alone are struck from its lists, and the file is read without them.
// Prints recall and precision of `--parser generic` for each file and over all, as docs/decisions/0080-console-output-by-general-forms.md explains. Needs the corpus beside the checkout and a build.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { readCorpus } from "../packages/sdk/dist/testing/console-corpus/corpus.js";
import { score } from "../packages/sdk/dist/testing/console-corpus/score.js";
import { root } from "./paths.mjs";

/** The lists of words: built files, and what of them is a list; words stand in it between other characters. */
const LISTS = /** @type {[string, RegExp][]} */ ([
  ["words.js", /"[a-z0-9_ ]{40,}"/g],
  ["counter-word.js", /^ {4}"?[a-z][\w./-]*"?: "/gm],
  ["phase.js", /^ {4}[a-z]+: "/gm],
]);

const corpus = readCorpus();
if (corpus.length === 0) throw new Error("the console corpus is not beside this checkout");
const wordsOf = new Map(
  corpus.map(({ name, bytes }) => [
    name,
    new Set(
      bytes
        .toString("latin1")
        .toLowerCase()
        .match(/[a-z][a-z0-9]*/g) ?? [],
    ),
  ]),
);
const generic = "console/parsers/generic";
const total = { required: 0, found: 0, right: 0, wrong: 0, counters: 0, countersRight: 0 };

for (const { name, bytes, expected } of corpus) {
  const others = corpus.flatMap((file) => (file.name === name ? [] : [...(wordsOf.get(file.name) ?? [])]));
  const known = new Set(others);
  const own = new Set([...(wordsOf.get(name) ?? [])].filter((word) => !known.has(word)));
  const copy = mkdtempSync(path.join(root, ".vitest-leave-out-"));
  try {
    cpSync(path.join(root, "packages/sdk/dist"), path.join(copy, "dist"), { recursive: true });
    cpSync(path.join(root, "packages/sdk/package.json"), path.join(copy, "package.json"));
    symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
    let struck = 0;
    for (const [file, pattern] of LISTS) {
      const at = path.join(copy, "dist", generic, file);
      const strike = (/** @type {string} */ word) => (own.has(word) ? `struck${(struck += 1)}` : word);
      const text = readFileSync(at, "utf8").replace(pattern, (list) => list.replace(/[a-z][a-z0-9]*/g, strike));
      writeFileSync(at, text);
    }
    const { readMetrics } = await import(pathToFileURL(path.join(copy, "dist/testing/console-corpus/read.js")).href);
    const { required, found, right, wrong, counters, countersRight } = score(readMetrics(bytes, "generic"), expected);
    total.required += required;
    total.found += found;
    total.right += right;
    total.wrong += wrong.length;
    total.counters += counters;
    total.countersRight += countersRight;
    console.log(
      `${name.padEnd(26)} recall ${found}/${required}, wrong ${wrong.length}, counters ${countersRight}/${counters}, words struck ${struck}`,
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
}
const percent = (/** @type {number} */ part, /** @type {number} */ whole) => `${((100 * part) / whole).toFixed(1)} %`;
console.log(
  `all: recall ${percent(total.found, total.required)}, precision ${percent(total.right, total.right + total.wrong)}, counters ${percent(total.countersRight, total.counters)}`,
);
