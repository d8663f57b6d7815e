import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { OfflineRun, RefusedError, WandbLogReader } from "ava-dialects";
import { findFiles } from "../../place/find-files.js";
import { fileChunks } from "../file-chunks.js";
import type { ImportSource, SourceFile, SourcePiece, SourceRun } from "../source.js";

/** Records of one piece. */
const PIECE_RECORDS = 1_000;

/** What is imported of a folder of wandb. */
export interface WandbSourceOptions {
  /** Training of all runs; absent: that of their project. */
  training?: string;
  /** Told why a file is left out. */
  warn(message: string): void;
}

/**
 * @param path - a file `run-<id>.wandb`, or a folder with such files in it or below: `wandb`, or one of its runs
 * @param options - what is imported
 * @returns their runs
 */
export function wandbSource(path: string, { training, warn }: WandbSourceOptions): ImportSource {
  const files = statSync(path).isDirectory() ? findFiles(path, (name) => name.endsWith(".wandb")) : [path];
  const runs = files.flatMap((file) => {
    const run = runOf(file, training);
    if (typeof run !== "string") return [run];
    warn(`${file} is left out: ${run}`);
    return [];
  });
  return { totalBytes: files.reduce((sum, file) => sum + statSync(file).size, 0), runs };
}

/** @returns the run, or why there is none */
function runOf(file: string, training: string | undefined): SourceRun | string {
  const told = keyIn(file);
  if (typeof told === "string") return told;
  const { key, project } = told;
  return {
    key: training === undefined ? key : { ...key, training },
    // The client names folders of runs that it sends at once `run-...`; `wandb sync` leaves a mark.
    client: {
      hasSent: basename(dirname(file)).startsWith("run-") || existsSync(`${file}.synced`),
      sync: `wandb sync ${dirname(file)}`,
      joined: `params._wandb.run = ${JSON.stringify(key.run)} and params._wandb.project = ${JSON.stringify(project)}`,
    },
    // A run that was resumed has several folders.
    streams: [{ name: join(basename(dirname(file)), basename(file)), pieces: () => piecesOf(file) }],
    facts: () => (training === undefined ? {} : { training }),
  };
}

function keyIn(file: string): { key: SourceRun["key"]; project: string } | string {
  const run = new OfflineRun();
  try {
    for (const content of recordsOf(file)) {
      run.translate(content);
      if (run.key) return { key: run.key, project: run.project ?? "" };
    }
  } catch (error) {
    if (error instanceof RefusedError) return error.message;
    throw error;
  }
  return "there is no run in it";
}

function* recordsOf(file: string, reader: WandbLogReader = new WandbLogReader()): Generator<Uint8Array> {
  for (const chunk of fileChunks(file)) {
    reader.feed(chunk);
    for (let content = reader.next(); content; content = reader.next()) yield content;
  }
}

function* piecesOf(file: string): Generator<SourcePiece> {
  const [run, reader] = [new OfflineRun(), new WandbLogReader()];
  const newPiece = () => ({ records: [] as SourcePiece["records"][number][], passedOver: new Map<string, number>(), bytes: 0 });
  let [piece, count] = [newPiece(), 0];
  for (const content of recordsOf(file, reader)) {
    const { records, passedOver } = run.translate(content);
    piece.records.push(...records);
    for (const [kind, passed] of passedOver) piece.passedOver.set(kind, (piece.passedOver.get(kind) ?? 0) + passed);
    piece.bytes += content.length;
    if (++count % PIECE_RECORDS > 0) continue;
    yield piece;
    piece = newPiece();
  }
  piece.records.push(...run.finish());
  if (reader.damagedPlaces > 0) piece.passedOver.set("damaged places", reader.damagedPlaces);
  yield { ...piece, files: filesOf(join(dirname(file), "files")) };
}

/** What the client would upload. */
function filesOf(folder: string): SourceFile[] {
  if (!existsSync(folder)) return [];
  return findFiles(folder, () => true).map((copyFrom) => ({ path: relative(folder, copyFrom).split(sep).join("/"), copyFrom }));
}
