import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { isatty } from "node:tty";
import { TENSORBOARD } from "ava-dialects";
import { Command, Option } from "commander";
import { AvaError } from "../place/error.js";
import type { PlatformAnswer } from "../ship/ask-platform.js";
import { writeStream } from "../storage/transfer/download/stream-download.js";
import { type DownloadTarget, resolveTarget } from "../storage/transfer/download/target.js";
import { exportEventFiles } from "./export-tensorboard.js";
import { failUsage } from "./options.js";
import { askNamedPlatform, failing } from "./platform-client.js";

interface ExportFlags {
  training?: string;
  format: string;
  safe?: true;
  output: string;
  platform?: string;
}

const STDOUT: DownloadTarget = { kind: "descriptor", path: "standard output", descriptor: 1 };

/** @returns the command `ava-sdk export` */
export function buildExportCommand(): Command {
  return new Command("export")
    .description("Write every point of an instance, or of a whole training: name, labels, step, epoch, time, value.")
    .argument("[id]", "id of the instance")
    .option("--training <name>", "all instances of a training; the first column is the instance")
    .addOption(new Option("--format <format>", "of the output").choices(["csv", "jsonl", "parquet", TENSORBOARD]).default("csv"))
    .option("--safe", "in csv, put an apostrophe before names that a spreadsheet would take for a formula")
    .option(
      "-o, --output <file>",
      "file to write, - for standard output; of tensorboard a folder, by default of the name of the instance or the training",
      "-",
    )
    .option("--platform <url>", "platform (AVA_PLATFORM_URL, default http://127.0.0.1:5660)")
    .action((id: string | undefined, flags: ExportFlags) => failing(() => exportPoints(id, flags)));
}

async function exportPoints(id: string | undefined, { training, format, safe, output, platform }: ExportFlags): Promise<void> {
  if ((id === undefined) === (training === undefined)) failUsage("name an instance, or a training with --training NAME");
  if (format === TENSORBOARD) {
    const folder = output === "-" ? (id ?? training!) : output;
    return exportEventFiles(pointsOf(await askFor(id, training, { format: "jsonl" }, platform)), folder, id, platform);
  }
  const target = output === "-" ? STDOUT : await resolveTarget(output);
  if (format === "parquet" && target.kind === "descriptor" && isatty(target.descriptor)) {
    failUsage("parquet is binary and is not written to a terminal; name a file with -o FILE");
  }
  const points = pointsOf(await askFor(id, training, { format, ...(safe ? { safe: "1" } : {}) }, platform));
  try {
    await (target.kind === "file" ? writeFile(points, target.path, target.mode) : writeStream(points, target));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (cause instanceof AvaError || code === "EPIPE") throw cause;
    throw new AvaError("FILE_UNWRITABLE", `can't write ${target.path} (${code ?? message})`, { cause });
  }
}

function askFor(
  id: string | undefined,
  training: string | undefined,
  query: Readonly<Record<string, string>>,
  platform: string | undefined,
): Promise<PlatformAnswer> {
  const source = id === undefined ? `trainings/${encodeURIComponent(training!.normalize("NFC"))}` : `instances/${encodeURIComponent(id)}`;
  return askNamedPlatform(`/v1/${source}/export?${new URLSearchParams(query)}`, platform);
}

async function* pointsOf({ body }: PlatformAnswer): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new AvaError("CONNECTION_LOST", "the platform's answer ended before the last point; export again", { cause });
  }
}

/** The name appears only when every point is there: a file that is cut off would look whole. */
async function writeFile(points: AsyncIterable<Uint8Array>, path: string, mode: number | undefined): Promise<void> {
  const part = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.part`;
  try {
    await pipeline(points, createWriteStream(part));
    if (mode !== undefined) await chmod(part, mode);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
