import { digitsOf } from "../generic/placed-plan.js";
import { prefixOf } from "../generic/prefix.js";
import { type Stamp, stampOf } from "../generic/stamp.js";

/** A line without what its logger put in front. */
export interface Message {
  text: string;
  /** Index of its first character in the line. */
  at: number;
  /** Number of the worker: `Node[1]`, or what a launcher says. */
  rank: string | undefined;
  /** Indexes of the digits that the worker hangs on. */
  rankDigits: readonly number[];
  /** When the line was printed, where date and time stand in front. */
  stamp: Stamp | undefined;
}

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
  const at = end + (node?.[0].length ?? 0);
  return {
    text: line.slice(at),
    at,
    rank: node?.[1] ?? prefix.rank,
    rankDigits: node ? digitsOf(node[0], end) : prefix.rank === undefined ? [] : digitsOf(line.slice(...prefix.rankAt), prefix.rankAt[0]),
    stamp: end === 0 ? undefined : stampOf(line, end),
  };
}
