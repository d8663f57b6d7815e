import type { Labels } from "ava-protocol";
import type { FactName, Field, Figure } from "../../store/contract/list.js";
import type { Scanner } from "./scan.js";

const FACTS: ReadonlySet<string> = new Set<FactName>([
  "id",
  "name",
  "training",
  "state",
  "tag",
  "host",
  "startTime",
  "stopTime",
  "heartbeatTime",
]);

const FIELDS = `${[...FACTS].join(", ")}, params.KEY, last:SERIES, min:SERIES, max:SERIES, count:SERIES`;

const FIGURE = /^(last|min|max|count):(.+)$/s;

/** Characters that a name needs no backquotes for. */
const PLAIN = /(?:[^\s=<>~!`"{},]|!(?!=))+/y;

/** A name in a text, and whether some of it was in backquotes. */
export interface Word {
  text: string;
  isQuoted: boolean;
  start: number;
}

/** @returns whether a word names a fact */
export function isFact(word: string): word is FactName {
  return FACTS.has(word);
}

/** @returns a name, or a word that is looked for; `undefined` where none begins here */
export function takeWord(scanner: Scanner): Word | undefined {
  const start = scanner.at;
  let text = "";
  let isQuoted = false;
  for (;;) {
    const plain = scanner.take(PLAIN);
    const quoted = plain === undefined && scanner.text[scanner.at] === "`" ? scanner.takeQuoted() : undefined;
    if (plain === undefined && quoted === undefined) break;
    isQuoted ||= quoted !== undefined;
    text += plain ?? quoted;
  }
  return scanner.at === start ? undefined : { text, isQuoted, start };
}

/**
 * @param word - was taken just now: labels may follow
 * @returns the field that it names
 * @throws PlatformError `bad_request`
 */
export function fieldOf(scanner: Scanner, word: Word): Field {
  const { text, start } = word;
  if (isFact(text)) return { kind: "fact", name: text };
  if (text.startsWith("params.") && text.length > "params.".length) return { kind: "param", key: text.slice("params.".length) };
  const [, figure, name] = FIGURE.exec(text) ?? [];
  if (figure === undefined) {
    const guess = /^\w+$/.test(text) ? `; write params.${text} for a param, last:${text} for a metric` : "";
    return scanner.fail(`${JSON.stringify(text)} is not a field (${FIELDS})${guess}`, start);
  }
  const labels = takeLabels(scanner);
  return { kind: "metric", figure: figure as Figure, name: name!, ...(labels === undefined ? {} : { labels }) };
}

/** @returns `{rank=0,phase="a b"}`; `undefined` where none begin here */
export function takeLabels(scanner: Scanner): Labels | undefined {
  if (scanner.take(/\{\s*/y) === undefined) return undefined;
  const labels: [string, string][] = [];
  while (scanner.take(/\}/y) === undefined) {
    if (labels.length > 0) scanner.expect(/,\s*/y, 'a "," or a "}" is expected behind a label');
    const name = takeWord(scanner) ?? scanner.fail("the name of a label is expected");
    scanner.expect(/\s*=\s*/y, 'a "=" is expected behind the name of a label');
    const value = scanner.takeQuoted() ?? scanner.take(/[^\s,}]+/y) ?? scanner.fail("the value of a label is expected");
    labels.push([name.text, value]);
    scanner.skipSpace();
  }
  return Object.fromEntries(labels);
}
