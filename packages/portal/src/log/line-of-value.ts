import type { LogsAnswer } from "ava-protocol";

const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?inf(?:inity)?|nan/gi;

/**
 * Finds the line that says a value, among the lines that were printed in one moment: several come as one record where a program prints fast.
 *
 * @param answer - text of a log from that moment on, with the times of its records
 * @param value - that the line says, digit for digit or otherwise
 * @returns first byte of the line; of the first line where no line says the value
 */
export function lineOfValue({ text, offset, times = [] }: LogsAnswer, value: number): number {
  const [first] = times;
  const end = times.find(({ timeNs }) => timeNs !== first?.timeNs)?.offset;
  const encoder = new TextEncoder();
  let at = offset;
  for (const line of text.split("\n")) {
    if (end !== undefined && at >= end) break;
    for (const [word] of line.matchAll(NUMBER)) if (Object.is(numberOf(word), value)) return at;
    at += encoder.encode(line).length + 1;
  }
  return offset;
}

function numberOf(word: string): number {
  return Number(word.replace(/inf(inity)?$/i, "Infinity"));
}
