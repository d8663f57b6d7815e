import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { encodeHparams, encodeScalar, encodeVersion } from "ava-dialects";
import type { Labels } from "ava-protocol";

/** Written with one call. */
const BUFFER_BYTES = 262_144;
/** Label of the parts of a run: its value is a path. */
const PART = "run";

/** A point that is written. */
export interface WrittenPoint {
  name: string;
  labels: Labels;
  step: number;
  /** Seconds since 1970. */
  wallTime: number;
  value: number;
}

/** What could not be written as it is. */
export interface Rounding {
  /** Values that are not a float32, as the values of TensorBoard are. */
  values: number;
  /** Steps that are not integers. */
  steps: number;
}

/** A file that is being written. */
interface PartFile {
  path: string;
  part: string;
  buffer: Uint8Array[];
  bytes: number;
}

/**
 * Writes the points of one instance as event files of TensorBoard: one file in the folder, and one in a folder below for each set of labels. The names appear when
 * all is written, and are the same each time: a second export takes the place of the first.
 */
export class EventFilesWriter {
  readonly rounding: Rounding = { values: 0, steps: 0 };
  private readonly folder: string;
  private readonly name: string;
  private readonly files = new Map<string, PartFile>();
  private isOver = false;

  /** @param folder - is made @param id - of the instance */
  constructor(folder: string, id: string) {
    this.folder = folder;
    // Readers sort by name, and take what stands behind `tfevents` for a time.
    this.name = `events.out.tfevents.0000000000.${id}`;
  }

  /** @param params - of the instance, flat @param wallTime - seconds since 1970 @throws the file system's error */
  hparams(params: Readonly<Record<string, unknown>>, wallTime: number): void {
    if (Object.keys(params).length > 0) this.write(this.fileOf("", wallTime), encodeHparams(params, wallTime));
  }

  /** @param point - the next one @throws the file system's error */
  point({ name, labels, step, wallTime, value }: WrittenPoint): void {
    const whole = Math.floor(step);
    if (whole !== step) this.rounding.steps += 1;
    if (!Object.is(Math.fround(value), value)) this.rounding.values += 1;
    this.write(this.fileOf(folderOf(labels), wallTime), encodeScalar({ tag: name, step: whole, wallTime, value }));
  }

  /** All is written: the files get their names. @throws the file system's error */
  finish(): void {
    for (const file of this.files.values()) flush(file);
    for (const { part, path } of this.files.values()) renameSync(part, path);
    this.isOver = true;
  }

  /** Takes away what is not finished. */
  close(): void {
    if (!this.isOver) for (const { part } of this.files.values()) rmSync(part, { force: true });
  }

  private fileOf(subfolder: string, wallTime: number): PartFile {
    const known = this.files.get(subfolder);
    if (known) return known;
    const folder = join(this.folder, subfolder);
    mkdirSync(folder, { recursive: true });
    // Not a name that TensorBoard reads.
    const part = join(folder, `.ava-${process.pid}-${randomBytes(6).toString("hex")}.part`);
    const file = { path: join(folder, this.name), part, buffer: [], bytes: 0 };
    this.files.set(subfolder, file);
    this.write(file, encodeVersion(wallTime));
    return file;
  }

  private write(file: PartFile, record: Uint8Array): void {
    file.buffer.push(record);
    file.bytes += record.length;
    if (file.bytes >= BUFFER_BYTES) flush(file);
  }
}

/** The file is open only now: an instance may have thousands of sets of labels. */
function flush(file: PartFile): void {
  const fd = openSync(file.part, "a");
  try {
    const bytes = Buffer.concat(file.buffer);
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
  } finally {
    closeSync(fd);
  }
  file.buffer = [];
  file.bytes = 0;
}

/** @returns path of the folder for labels: that of the part of the run, then `rank=0`, sorted */
function folderOf(labels: Labels): string {
  const { [PART]: run = "", ...others } = labels;
  const parts = [
    ...run.split("/"),
    ...Object.entries(others)
      .sort()
      .map(([key, value]) => `${key}=${value}`),
  ];
  return parts
    .filter(Boolean)
    .map((part) =>
      part
        .replaceAll(/[\\/:*?"<>|\p{Cc}\p{Cs}]/gu, "_")
        .replace(/^\.+$/, "_")
        .slice(0, 100),
    )
    .join("/");
}
