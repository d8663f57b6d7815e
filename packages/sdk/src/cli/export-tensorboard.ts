import { join } from "node:path";
import type { InstanceDetail, Labels, WireNumber } from "ava-protocol";
import { EventFilesWriter } from "../event-files/event-files-writer.js";
import { AvaError } from "../place/error.js";
import { askNamedPlatform } from "./platform-client.js";

/** A line of the export as JSON lines. */
interface PointLine {
  /** Only of a training. */
  instance?: string;
  name: string;
  labels: Labels;
  step: WireNumber;
  time: string;
  value: WireNumber;
}

/**
 * Writes points as event files of TensorBoard. What cannot be written exactly is told.
 *
 * @param bytes - JSON lines of an export
 * @param folder - gets the files of an instance, or of a training a folder for each
 * @param id - of the instance; absent: of each line
 * @param platformUrl - value of `--platform`
 * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED, FILE_UNWRITABLE
 */
export async function exportEventFiles(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  id: string | undefined,
  platformUrl: string | undefined,
): Promise<void> {
  const writers = new Map<string, EventFilesWriter>();
  try {
    for await (const text of linesOf(bytes)) {
      const { instance, name, labels, step, time, value } = JSON.parse(text) as PointLine;
      const owner = instance ?? id ?? "";
      const wallTime = secondsOf(time);
      const writer =
        writers.get(owner) ?? (await begin(instance === undefined ? folder : join(folder, instance), owner, wallTime, platformUrl));
      writers.set(owner, writer);
      writer.point({ name, labels, step: Number(step), wallTime, value: Number(value) });
    }
    for (const writer of writers.values()) writer.finish();
  } catch (cause) {
    if (cause instanceof AvaError) throw cause;
    throw new AvaError("FILE_UNWRITABLE", `can't write ${folder} (${(cause as Error).message})`, { cause });
  } finally {
    for (const writer of writers.values()) writer.close();
  }
  tellRounding([...writers.values()]);
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

async function begin(folder: string, id: string, wallTime: number, platformUrl: string | undefined): Promise<EventFilesWriter> {
  const answer = await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}`, platformUrl);
  const { params } = JSON.parse(await answer.text()) as InstanceDetail;
  const writer = new EventFilesWriter(folder, id);
  writer.hparams(flat(params), wallTime);
  return writer;
}

/** @returns members by dotted name */
function flat(params: Readonly<Record<string, unknown>>, prefix = ""): Record<string, unknown> {
  return Object.assign(
    {},
    ...Object.entries(params).map(([key, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? flat(value as Record<string, unknown>, `${prefix}${key}.`)
        : { [prefix + key]: value },
    ),
  ) as Record<string, unknown>;
}

/** @param time - RFC 3339 with nine digits @returns seconds since 1970; a float64 holds about a quarter of a microsecond */
function secondsOf(time: string): number {
  const [whole = "", fraction = "0"] = time.replace(/Z$/, "").split(".");
  return Date.parse(`${whole}Z`) / 1000 + Number(`0.${fraction}`);
}

function tellRounding(writers: readonly EventFilesWriter[]): void {
  const sum = (of: "values" | "steps") => writers.reduce((total, { rounding }) => total + rounding[of], 0);
  const [values, steps] = [sum("values"), sum("steps")];
  const words = [
    values > 0 ? `${values} values are rounded to float32, as TensorBoard has them` : "",
    steps > 0 ? `${steps} steps are rounded down to integers` : "",
  ].filter(Boolean);
  if (words.length > 0) process.stderr.write(`ava-sdk: ${words.join("; ")}. Exact are csv, jsonl and parquet.\n`);
}
