import { fromWireNumber } from "ava-protocol";
import { loadSeries, type SeriesQuery } from "../api/series.js";
import type { LineAnswer, WantedLine } from "./chart-feed.js";
import { type Columns, columnsOf } from "./columns.js";
import { joined, rowFrom, rowsOf } from "./rows.js";

/**
 * Asks for a line. Where its steps go back, each stretch between is asked for by itself, to be told from what replaced it.
 *
 * @param line - which one
 * @param since - version that is there already
 * @param query - what of it
 * @param signal - gives the question up
 * @returns the answer; `undefined` when the line has not grown
 * @throws ApiError
 */
export async function loadLine(
  { instance, name, labels }: WantedLine,
  since: number | undefined,
  query: SeriesQuery,
  signal: AbortSignal,
): Promise<LineAnswer | undefined> {
  const answer = await loadSeries({ instance, name, labels, ...(since === undefined ? {} : { since }) }, query, signal);
  if (answer?.rewinds === undefined || query.axis !== "step") return answer;
  const starts = [0, ...answer.rewinds.map(({ point }) => point), answer.version];
  const window = { ...query, from: fromWireNumber(answer.from), to: fromWireNumber(answer.to) };
  const segments = await Promise.all(
    starts.slice(1).map((end, i) => loadSeries({ instance, name, labels, segment: [starts[i]!, end] }, window, signal)),
  );
  return { ...answer, segments: segments.filter((segment) => segment !== undefined) };
}

/**
 * Brings an answer into columns: the line as it is at last, and beside it what a run that went back left behind.
 *
 * @param answer - of {@link loadLine}
 * @returns the columns
 */
export function lineColumns(answer: LineAnswer): Columns {
  const { segments, rewinds = [] } = answer;
  if (segments === undefined) return columnsOf(answer);
  const parts = segments.map(columnsOf);
  const current: Columns[] = [];
  const left: Columns[] = [];
  for (const [i, part] of parts.entries()) {
    // From the earliest step of any later part on, what was recorded here counts no more.
    const cut = rewinds.slice(i).reduce((least, { to }) => Math.min(least, fromWireNumber(to)), Infinity);
    const row = rowFrom(part.x, cut);
    current.push(rowsOf(part, 0, row));
    if (row < part.x.length) left.push(rowsOf(part, row, part.x.length));
  }
  const whole = columnsOf(answer);
  return {
    ...joined(current),
    isBucketed: parts.some(({ isBucketed }) => isBucketed),
    newest: whole.newest,
    from: whole.from,
    to: whole.to,
    left,
    rewinds: rewinds.map(({ from, to }) => [fromWireNumber(from), fromWireNumber(to)]),
  };
}
