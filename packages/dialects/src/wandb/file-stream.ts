import { LIMITS } from "ava-protocol";
import { appendUnlessTooLarge, isTooLarge } from "../append-fitting.js";
import { asObject, readObject } from "../body.js";
import type { DialectAnswer, Once, Read, Route, RouteContext, RunRecord, RunView } from "../ports.js";
import { print64 } from "../print.js";
import { answer } from "./answer.js";
import { eventsLine, historyLine, type Line } from "./history.js";
import { outputLine } from "./output.js";
import { FILES, stepMetricsOf, viewOf } from "./run.js";
import { summaryRecords } from "./summary.js";

/** The stream of a run's lines. */
export const FILE_STREAM_ROUTES: readonly Route[] = [
  { method: "POST", path: "/files/:entity/:project/:run/file_stream", handle: takeLines },
];

/** Lines that a client may leave out in the history: it has a bound for what waits, far below. What goes further is a wrong number. */
const MOST_GAP = 1_000_000;

/** A piece of a file of lines. */
interface Chunk {
  file: string;
  /** Absent where the client told none, or no number of a line. */
  offset?: number;
  lines: string[];
}

async function takeLines({ request, parts, sink, read }: RouteContext): Promise<DialectAnswer> {
  const view = await viewOf(read, parts["project"] as string, parts["run"] as string);
  const going = answer({ exitcode: null, limits: {}, stopped: view.stopReason !== undefined });
  const body = await readLines(request.body);
  if (!body) {
    sink.passOver(view.id, `requests of more than ${LIMITS.linesBodyBytes} bytes`, 1);
    return going;
  }
  for (const chunk of chunksOf(body)) {
    if (chunk.file === FILES.summary) {
      const last = chunk.lines.at(-1);
      if (last === undefined) continue;
      await appendUnlessTooLarge(sink, view.id, await summaryRecords(last, view.id, read), "summaries beyond the size of a run's params");
      continue;
    }
    const { records, once } = readChunk(await placed(chunk, view, read), view);
    await sink.append(view.id, records, once);
  }
  if (typeof body["dropped"] === "number" && body["dropped"] > 0) sink.passOver(view.id, "chunks that the client dropped", body["dropped"]);
  const end = endRecord(body);
  if (end) await sink.append(view.id, [end]);
  return going;
}

/** @returns the body; `undefined` for one that is too large: after a refusal the client sends no more lines of the run */
async function readLines(body: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return await readObject(body, LIMITS.linesBodyBytes);
  } catch (error) {
    if (isTooLarge(error)) return undefined;
    throw error;
  }
}

function chunksOf(body: Readonly<Record<string, unknown>>): Chunk[] {
  return Object.entries(asObject(body["files"]) ?? {}).flatMap(([file, value]) => {
    const { offset, content } = asObject(value) ?? {};
    if (!Array.isArray(content)) return [];
    const hasPlace = Number.isSafeInteger(offset) && (offset as number) >= 0;
    return [{ file, ...(hasPlace ? { offset: offset as number } : {}), lines: content.map(String) }];
  });
}

/** A chunk of the history whose number cannot be right goes behind the others: it is not a repeat, and those behind it are none either. */
async function placed({ file, offset, lines }: Chunk, view: RunView, read: Read): Promise<Required<Chunk>> {
  if (file !== FILES.history) return { file, offset: offset ?? 0, lines };
  const next = await read.nextLine(view.id, file);
  return { file, offset: offset === undefined || offset > next + MOST_GAP ? next : offset, lines };
}

function readChunk({ file, offset, lines }: Required<Chunk>, view: RunView): { records: RunRecord[]; once: Once } {
  const readLine = readerOf(file, view);
  const records: RunRecord[] = [];
  const numbers: number[] = [];
  const prints: bigint[] = [];
  for (const [index, text] of lines.entries()) {
    const line = readLine(text);
    const number = offset + index;
    const passedOver = [...line.passedOver].map(([what, count]) => ({ kind: "passedOver" as const, what, count }));
    for (const [place, record] of [...line.records, ...passedOver].entries()) {
      records.push(record);
      numbers.push(number);
      prints.push(printOf(record, line, file + text, [number, place]));
    }
  }
  const once = file === FILES.history ? { stream: file, lines: numbers, nextLine: offset + lines.length, prints } : { prints };
  return { records, once };
}

/**
 * A row of the history that has a time is told by what it holds, whatever its number is: other processes of the run count for themselves, and `wandb sync` sends
 * rows again under new numbers. All other lines are told by file, number and text: a client that begins a run again counts from 0, and a line of output that was drawn over comes with its new text.
 */
function printOf(record: RunRecord, { place }: Line, text: string, numbers: readonly number[]): bigint {
  if (place !== undefined && record.kind === "passedOver") return print64(`passed over ${record.what}`, [record.count, ...place]);
  if (place === undefined || record.kind !== "points") return print64(text, numbers);
  const { series, step, timeNs, values } = record;
  const order = [...series.keys()].sort((a, b) => ((series[a]?.name ?? "") < (series[b]?.name ?? "") ? -1 : 1));
  const names = order.map((index) => series[index]?.name).join("\n");
  return print64(`row ${names}`, [step, Number(timeNs), ...order.map((index) => values[index] as number)]);
}

function readerOf(file: string, view: RunView): (text: string) => Line {
  if (file === FILES.history) {
    const steps = stepMetricsOf(view);
    return (text) => historyLine(text, steps);
  }
  if (file === FILES.events) return eventsLine;
  if (file === FILES.output) return outputLine;
  return () => ({ records: [], passedOver: new Map([["lines of other files", 1]]) });
}

function endRecord({ complete, exitcode }: Readonly<Record<string, unknown>>): RunRecord | undefined {
  if (complete !== true) return undefined;
  const exitCode = typeof exitcode === "number" ? exitcode : 0;
  return {
    kind: "facts",
    facts: { state: exitCode === 0 ? "done" : "failed", stopTime: new Date().toISOString(), end: { exitCode } },
  };
}
