import { prefixOf } from "../generic/prefix.js";

/** A line without what its logger put in front. */
export interface Message {
  text: string;
  /** Number of the worker: `Node[1]`, or what a launcher says. */
  rank: string | undefined;
  /** Milliseconds since 1970, local time, where date and time stand in front. */
  timeMs: number | undefined;
}

/** `2017-06-13 10:25:49,123 `, `[2018-01-01:12:00:00:INFO:sockeye.training:__call__] ` */
const TIME = /^\[?(\d{4})-(\d\d)-(\d\d)[ T:](\d\d):(\d\d):(\d\d)(?:[,.](\d{1,3}))?/;
/** `[INFO:sockeye.training] `, `[2018-01-01:12:00:00:INFO:sockeye.training:__call__] ` */
const SOCKEYE = /^\[[\d:-]*(?:DEBUG|INFO|WARNING|ERROR):[\w.]+(?::\w+)?\] /;
/** As the examples of image classification log, behind the time and the severity. */
const NODE = /^Node\[(\d+)\] /;

/**
 * Takes time and worker off a line.
 *
 * @param line - one line
 * @returns what it says
 */
export function messageOf(line: string): Message {
  const prefix = prefixOf(line);
  const end = Math.max(prefix.end, SOCKEYE.exec(line)?.[0].length ?? 0);
  const text = line.slice(end);
  const node = NODE.exec(text);
  return {
    text: node === null ? text : text.slice(node[0].length),
    rank: node?.[1] ?? prefix.rank,
    timeMs: end === 0 ? undefined : timeOf(line),
  };
}

function timeOf(line: string): number | undefined {
  const found = TIME.exec(line);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const date = new Date(year, month - 1, day, hour, minute, second, Number((found[7] ?? "").padEnd(3, "0")));
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
}
