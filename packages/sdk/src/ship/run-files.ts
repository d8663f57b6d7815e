import { appendFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { findFiles } from "../place/find-files.js";
import type { Settings } from "../place/settings/settings.js";
import { askPlatform } from "./ask-platform.js";
import type { Settled } from "./settling.js";

/** Files of one run that are looked at. */
const MOST_FILES = 10_000;
/** Begins the name of a file that is being written. */
const PART = ".part-";

/** A file of a run, as it is now. */
interface RunFile {
  path: string;
  /** Below the folder of files, with `/`. */
  name: string;
  bytes: number;
  changedMs: number;
}

/**
 * Sends the files that clients of other trackers put into a run to the platform: each once, and again when it has changed. They stay in the run's folder, where
 * `files-sent.jsonl` tells what the platform has confirmed.
 */
export class RunFileSender {
  private readonly instance: string;
  private readonly folder: string;
  private readonly ledger: string;
  private readonly settings: Pick<Settings, "platformUrl" | "token">;
  private sending: Promise<Settled> | undefined;

  /** @param runFolder - `run/<id>` of a workspace @param instance - id @param settings - where the platform is */
  constructor(runFolder: string, instance: string, settings: Pick<Settings, "platformUrl" | "token">) {
    this.instance = instance;
    this.folder = join(runFolder, "files");
    this.ledger = join(runFolder, "files-sent.jsonl");
    this.settings = settings;
  }

  /** @returns how many files the platform does not have as they are now */
  get waiting(): number {
    return this.left().length;
  }

  /**
   * Sends what the platform does not have; a call while another is at work waits for that, and looks again. Never rejects.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @returns what became of it
   */
  send(deadlineMs: number): Promise<Settled> {
    const before = this.sending ?? Promise.resolve();
    const sending = before.then(() => this.sendLeft(deadlineMs));
    this.sending = sending;
    return sending;
  }

  private async sendLeft(deadlineMs: number): Promise<Settled> {
    const left = this.left();
    let reason: string | undefined;
    let waiting = 0;
    for (const [index, file] of left.entries()) {
      try {
        await this.put(file, deadlineMs);
      } catch (error) {
        if (!existsSync(file.path)) continue;
        reason ??= (error as Error).message;
        waiting += 1;
        if (isOfFile(error) || hasChanged(file)) continue;
        waiting += left.length - index - 1;
        break;
      }
    }
    return reason === undefined ? { isComplete: true } : { isComplete: false, reason: `${waiting} files wait: ${reason}` };
  }

  private async put({ path, name, bytes, changedMs }: RunFile, deadlineMs: number): Promise<void> {
    const route = `/v1/instances/${encodeURIComponent(this.instance)}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
    const signal = AbortSignal.timeout(Math.max(1, deadlineMs - Date.now()));
    const answer = await askPlatform(route, this.settings, { method: "PUT", file: { path, bytes }, signal });
    // An answer that is not read keeps the process alive.
    await answer.text();
    appendFileSync(this.ledger, `${JSON.stringify({ name, bytes, changedMs })}\n`, { mode: 0o600 });
  }

  private left(): RunFile[] {
    const sent = this.sent();
    return findFiles(this.folder, (name) => !name.startsWith(PART), MOST_FILES).flatMap((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat?.isFile()) return [];
      const file = { path, name: relative(this.folder, path).split(sep).join("/"), bytes: stat.size, changedMs: stat.mtimeMs };
      return sent.get(file.name) === formOf(file) ? [] : [file];
    });
  }

  private sent(): Map<string, string> {
    try {
      const lines = readFileSync(this.ledger, "utf8").split("\n");
      return new Map(lines.flatMap(lineOf));
    } catch {
      // Nothing was sent yet.
      return new Map();
    }
  }
}

/** @returns whether the platform refused this file alone: it takes others */
function isOfFile(error: unknown): boolean {
  const { status } = ((error as Error).cause ?? {}) as { status?: unknown };
  return status === 400 || status === 413;
}

/** It became another one while it was sent: the next time it is sent as it is then. */
function hasChanged({ path, ...file }: RunFile): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined || formOf({ bytes: stat.size, changedMs: stat.mtimeMs }) !== formOf(file);
}

function lineOf(text: string): [string, string][] {
  try {
    const line = JSON.parse(text) as RunFile;
    return [[line.name, formOf(line)]];
  } catch {
    // The last line, cut off by a kill: the file is sent once more.
    return [];
  }
}

function formOf({ bytes, changedMs }: Pick<RunFile, "bytes" | "changedMs">): string {
  return `${bytes} ${changedMs}`;
}
