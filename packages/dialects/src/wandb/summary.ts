import { type JsonNode, parseJsonText } from "ava-protocol";
import type { Read, RunRecord } from "../ports.js";
import { OWN } from "./run.js";

/**
 * What of a summary is more than the last value of a metric: kept, digit for digit, among the params.
 *
 * @param text - JSON text of the summary
 * @param id - of the instance
 * @param read - of the request
 * @returns what it sets; nothing for a summary that is damaged
 */
export async function summaryRecords(text: string, id: string, read: Read): Promise<RunRecord[]> {
  return summaryRecordsOf(text, new Set((await read.latest(id)).map(({ name }) => name)));
}

/** The same where it is known what was logged. @param text - JSON text of the summary @param series - names of the metrics */
export function summaryRecordsOf(text: string, series: ReadonlySet<string>): RunRecord[] {
  const root = asJson(text);
  if (root?.kind !== "object") return [];
  const members = root.members.filter(({ key, value }) => !key.startsWith("_") && !isMedia(value) && !isLastValue(key, value, series));
  if (members.length === 0) return [];
  const told = new Map(members.map(({ key, value }) => [key, text.slice(value.start, value.end)]));
  return [{ kind: "params", within: [OWN, "summary"], members: told }];
}

function isLastValue(key: string, value: JsonNode, series: ReadonlySet<string>): boolean {
  if (value.kind === "object") {
    // Of a nested metric, and not an aggregate such as `{"min": 0.1}`.
    return value.members.length > 0 && value.members.every((member) => isLastValue(`${key}.${member.key}`, member.value, series));
  }
  return series.has(key);
}

/** Kept as a file of the run, or counted with the history. */
function isMedia(value: JsonNode): boolean {
  return value.kind === "object" && value.members.some(({ key }) => key === "_type");
}

function asJson(text: string): JsonNode | undefined {
  try {
    return parseJsonText(text);
  } catch {
    // The next one is whole again.
    return undefined;
  }
}
