// @ts-check
// Writes docs/guides/console-output.md, the trainers whose console output is understood, from example lines and what the built parsers read of them; `--check` compares instead.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { createParsers, MetricReader } from "../packages/sdk/dist/console/parsers/index.js";
import { root } from "./paths.mjs";

const { check: isCheck } = parseArgs({ options: { check: { type: "boolean" } } }).values;
const EXAMPLES = path.join(root, "packages/sdk/src/console/parsers/fixtures/trainers.txt");
const FURTHER = path.join(root, "packages/sdk/src/console/parsers/fixtures/further");
const PAGE = path.join(root, "docs/guides/console-output.md");
const COUNTERS = /** @type {const} */ (["step", "epoch", "batch", "total", "phase"]);

const HEAD = `# Console output

\`ava-sdk run -- COMMAND\` finds metrics in what the command prints, without a change of its code. Below are the trainers that are tried with it: some lines as they print them, and what is read of them, with the
counters of each value. Programs that are not listed are read by the same general forms: keys with values, tables, dicts, boxes and progress bars ([rules](../formats/console-metrics.md)). \`ava-sdk parse FILE\` shows
what is read of a log that you have.

What is missing, \`--metric\` names: a regular expression with the groups \`name\` and \`value\`, or one group for each metric; it wins on its lines. \`--parser none\` reads nothing else.

This page is made by \`node scripts/console-guide.mjs\`.
`;

/** @param {string} text @returns {string} what is read of it, in one sentence */
function readingOf(text) {
  const reader = new MetricReader(
    createParsers({ parser: "auto" }, { referenceTimeMs: 0 }),
    (/** @type {{ message: string }} */ problem) => {
      throw new Error(problem.message);
    },
  );
  const items = [...reader.write(Buffer.from(text)), ...reader.end()];
  /** @type {Map<string, string[]>} */
  const byPlace = new Map();
  for (const item of items) {
    if (!("name" in item)) continue;
    const labels = Object.entries(item.labels ?? {});
    const told = [...COUNTERS.flatMap((counter) => (item[counter] === undefined ? [] : [[counter, item[counter]]])), ...labels];
    const place = told.map(([key, value]) => `${key} ${value}`).join(", ");
    const values = byPlace.get(place) ?? [];
    values.push(`\`${item.name}\` ${item.value}`);
    byPlace.set(place, values);
  }
  const parts = Array.from(byPlace, ([place, values]) => (place === "" ? values.join(", ") : `${place}: ${values.join(", ")}`));
  return parts.join("; ");
}

const sections = readFileSync(EXAMPLES, "utf8").split(/^### /m).slice(1);
const trainers = sections.map((section) => {
  const end = section.indexOf("\n");
  const text = section.slice(end + 1);
  return `\n## ${section.slice(0, end)}\n\n\`\`\`text\n${text}\`\`\`\n\n${readingOf(text)}\n`;
});
const others = readdirSync(FURTHER)
  .filter((file) => !file.startsWith("noise") && file.endsWith(".txt"))
  .flatMap((file) => [...readFileSync(path.join(FURTHER, file), "utf8").matchAll(/^### (.+)$/gm)].map(([, name]) => name))
  .sort((a = "", b = "") => a.localeCompare(b, "en"));
const more = `\n## Others\n\nLines of these are tests of the general forms as well: ${others.join("; ")}.\n`;
const page = HEAD + trainers.join("") + more;

if (!isCheck) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, "utf8") !== page) {
  console.error("docs/guides/console-output.md is not what the parsers read: run node scripts/console-guide.mjs, and look at what changed");
  process.exitCode = 1;
}
