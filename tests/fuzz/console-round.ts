import { createParsers, MetricReader, PARSER_NAMES, type ParsedItem } from "ava-sdk/parsers";
import * as fc from "fast-check";
import { hostileOutput } from "./console-text.js";

/** Regexes that take time that grows with the power of the length of a line, or faster. */
export const CATASTROPHIC: readonly string[] = [
  String.raw`(?<x>(a+)+)$`,
  String.raw`(?<x>(\w+\s?)*):`,
  String.raw`^(?<x>(\d+)*)x`,
  String.raw`(?<name>.*)(.*)(.*)=(?<value>\d+)!`,
];

interface Told {
  items: ParsedItem[];
  problems: string[];
}

function read(text: Buffer, parser: string, cuts: readonly number[]): Told {
  const problems: string[] = [];
  const reader = new MetricReader(createParsers({ parser }, { referenceTimeMs: 0, readsTimes: true }), ({ message, line }) =>
    problems.push(`${line}: ${message}`),
  );
  const items: ParsedItem[] = [];
  let at = 0;
  for (let turn = 0; at < text.length; turn += 1) {
    const end = at + (cuts[turn % cuts.length] ?? text.length);
    // A pipe's buffer is used again.
    const chunk = Buffer.from(text.subarray(at, end));
    items.push(...reader.write(chunk));
    chunk.fill(0x39);
    at = end;
  }
  return { items: [...items, ...reader.end()], problems };
}

/**
 * Expects of hostile output that no parser throws and that the same is told however it is cut.
 *
 * @param options - seed of the draws, how many of them, and milliseconds after which no more are drawn
 * @throws Error with the smallest output that was found where that is not so
 */
export function checkConsole({ seed, runs, limitMs }: { seed: number; runs: number; limitMs: number }): void {
  const parser = fc.constantFrom("auto", "auto", "generic", "generic", ...PARSER_NAMES.filter((name) => name !== "none"));
  const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 5 });
  const property = fc.property(hostileOutput, parser, cuts, (text, name, sizes) => {
    const whole = read(text, name, []);
    if (whole.problems.length > 0) throw new Error(`--parser ${name} failed at ${whole.problems.join("; ")}`);
    const cut = read(text, name, sizes);
    const at = whole.items.findIndex((item, index) => JSON.stringify(item) !== JSON.stringify(cut.items[index]));
    if (at === -1 && whole.items.length === cut.items.length) return;
    const shown = (items: readonly ParsedItem[]) => JSON.stringify(items[Math.max(at, 0)] ?? items.at(-1));
    throw new Error(
      `--parser ${name} tells ${shown(whole.items)} of the whole, and ${shown(cut.items)} of pieces of ${JSON.stringify(text.toString("latin1"))}`,
    );
  });
  fc.assert(property, { seed, numRuns: runs, interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false });
}
