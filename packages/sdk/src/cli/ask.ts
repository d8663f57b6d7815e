import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { type InstanceDetail, type InstanceSummary, nodeAt, parseJsonText, plainLine, type SeriesSummary } from "ava-protocol";
import { Command, Option } from "commander";
import { AvaError } from "../error.js";
import { positiveInteger } from "./options.js";
import { askNamedPlatform } from "./platform-client.js";

interface AskFlags {
  platform?: string;
  json?: true;
}

interface ExportFlags extends AskFlags {
  format: string;
  safe?: true;
  output?: string;
}

/** @returns the commands `ava-sdk ls`, `show`, `export` and `stop` */
export function buildAskCommands(): Command[] {
  const platform = () => new Option("--platform <url>", "platform (AVA_PLATFORM_URL, default http://127.0.0.1:5660)");
  const ls = new Command("ls")
    .description("List instances on the platform, newest first.")
    .option("--training <name>", "of one training only")
    .option("--limit <n>", "how many at most", positiveInteger, 50)
    .addOption(platform())
    .option("--json", "print one JSON object an instance")
    .action((flags: AskFlags & { training?: string; limit: number }) => failing(() => list(flags)));
  const show = new Command("show")
    .description("Show one instance: state, end, params, series.")
    .argument("<id>", "id of the instance")
    .addOption(platform())
    .option("--json", "print everything as JSON")
    .action((id: string, flags: AskFlags) => failing(() => showOne(id, flags)));
  const exporting = new Command("export")
    .description("Write every point of an instance: name, labels, step, epoch, time, value.")
    .argument("<id>", "id of the instance")
    .addOption(new Option("--format <format>", "of the output").choices(["csv", "jsonl", "parquet"]).default("csv"))
    .option("--safe", "in csv, put an apostrophe before names that a spreadsheet would take for a formula")
    .option("-o, --output <file>", "file to write; default, and -, standard output")
    .addOption(platform())
    .action((id: string, flags: ExportFlags) => failing(() => exportPoints(id, flags)));
  const stop = new Command("stop")
    .description("Ask runs to stop; each one is told when it next sends.")
    .argument("<id...>", "ids of instances")
    .option("--reason <text>", "shown with the run", "stopped by a person")
    .addOption(platform())
    .action(async (ids: string[], flags: AskFlags & { reason: string }) => {
      for (const id of ids) await failing(() => stopOne(id, flags));
    });
  return [ls, show, exporting, stop];
}

async function stopOne(id: string, { reason, platform }: AskFlags & { reason: string }): Promise<void> {
  await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}/stop`, platform, { reason });
}

async function list({ training, limit, platform, json }: AskFlags & { training?: string; limit: number }): Promise<void> {
  const query = new URLSearchParams({ sort: "-startTime", limit: String(limit) });
  const route = training ? `/v1/trainings/${encodeURIComponent(training.normalize("NFC"))}/instances` : "/v1/instances";
  const text = await (await askNamedPlatform(`${route}?${query}`, platform)).text();
  const { instances } = JSON.parse(text) as { instances: InstanceSummary[] };
  const sources = json ? sourcesOfItems(text, "instances") : instances.map(lineOf);
  for (const source of sources) process.stdout.write(`${source}\n`);
}

async function showOne(id: string, { platform, json }: AskFlags): Promise<void> {
  const text = await (await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}`, platform)).text();
  const detail = JSON.parse(text) as InstanceDetail;
  const lines = json ? [text] : [lineOf(detail), `params ${detail.paramsText}`, ...detail.series.map(seriesLine)];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The items of a list of an answer as the platform wrote them: params may have numbers that a float64 does not hold. */
function sourcesOfItems(text: string, key: string): string[] {
  const found = nodeAt(parseJsonText(text), key);
  return found?.kind === "array" ? found.items.map(({ start, end }) => text.slice(start, end)) : [];
}

async function exportPoints(id: string, { format, safe, output, platform }: ExportFlags): Promise<void> {
  const query = new URLSearchParams({ format, ...(safe ? { safe: "1" } : {}) });
  const answer = await askNamedPlatform(`/v1/instances/${encodeURIComponent(id)}/export?${query}`, platform);
  const file = output === "-" ? undefined : output;
  const target = file === undefined ? process.stdout : createWriteStream(file);
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), target, { end: file !== undefined });
}

function lineOf({ id, training, state, startTime, end }: InstanceSummary): string {
  const cause = [end?.signal ?? (end?.exitCode ? `exit ${end.exitCode}` : undefined), end?.message].filter(Boolean).join(": ");
  return [id, training, state, startTime ?? "-", plainLine(cause)].join("\t").trimEnd();
}

function seriesLine({ name, labels, count, last, min, max }: SeriesSummary): string {
  const labelled = Object.keys(labels).length > 0 ? `${name} ${JSON.stringify(labels)}` : name;
  return `${labelled}\tcount ${count}\tlast ${last}\tmin ${min}\tmax ${max}`;
}

async function failing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return;
    if (!(error instanceof AvaError)) throw error;
    process.stderr.write(`ava-sdk: ${error.message}\n`);
    process.exitCode = 1;
  }
}
