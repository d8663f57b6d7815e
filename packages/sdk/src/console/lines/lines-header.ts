import type { Labels, ProcessMark } from "ava-protocol";
import { markOf } from "../../machine/is-alive.js";

/** First line of a file of console lines; see docs/formats/console-lines.md. */
export interface LinesHeader {
  instance: string;
  training: string;
  writer: string;
  pid: number;
  host: string;
  process?: ProcessMark;
  parser: string;
  purpose: "metrics" | "snapshots";
  referenceTimeMs: number;
  workingFolder: string;
  batchOfEpoch?: number;
  otherFiles?: string[];
  /** Regexes of the training. */
  rules?: string[];
  labels?: Labels;
}

const VERSION = 1;

const FIELDS: Readonly<Record<string, string>> = {
  instance: "string",
  training: "string",
  writer: "string",
  pid: "number",
  host: "string",
  parser: "string",
  referenceTimeMs: "number",
  workingFolder: "string",
};

/**
 * @param text - first line of a file
 * @param writer - whose file it is by its name
 * @returns the header, or why it cannot be read
 */
export function parseLinesHeader(text: string, writer: string): LinesHeader | string {
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return "the first line is not valid JSON";
  }
  if (typeof header !== "object" || header === null) return "the first line is not a JSON object";
  if (header["version"] !== VERSION)
    return `its version is ${String(header["version"])}, and this SDK reads ${VERSION}: install a newer one`;
  const wrong = Object.keys(FIELDS).find((field) => typeof header[field] !== FIELDS[field]);
  if (wrong !== undefined) return `'${wrong}' is missing in the first line`;
  if (header["purpose"] !== "metrics" && header["purpose"] !== "snapshots")
    return `this SDK does not know the purpose '${String(header["purpose"])}'`;
  if (header["writer"] !== writer) return "it has the name of another writer";
  return clean(header);
}

/** Optional fields of another type than they should have count as absent, as do those that are null. */
function clean({ batchOfEpoch, otherFiles, rules, labels, process, ...header }: Record<string, unknown>): LinesHeader {
  const texts = (value: unknown) =>
    typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "string");
  const mark = markOf(process);
  return {
    ...(header as unknown as LinesHeader),
    ...(typeof batchOfEpoch === "number" && batchOfEpoch > 0 ? { batchOfEpoch } : {}),
    ...(Array.isArray(otherFiles) && texts(otherFiles) ? { otherFiles: otherFiles as string[] } : {}),
    ...(Array.isArray(rules) && texts(rules) ? { rules: rules as string[] } : {}),
    ...(mark ? { process: mark } : {}),
    ...(texts(labels) && !Array.isArray(labels) ? { labels: labels as Labels } : {}),
  };
}
