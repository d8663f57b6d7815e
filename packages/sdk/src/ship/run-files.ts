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

/** Of a name that was removed: the platform is to be told, or was. */
type Removal = "wanted" | "done";

/** What the ledger tells. */
interface Sent {
  /** Forms of files that the platform has, by name. */
  forms: Map<string, string>;
  /** Files and folders that it has still to remove. */
  removals: Set<string>;
}

/**
 * Notes that a client has removed a file, or a folder, so that the platform removes it, too. That a file is not there any more says nothing: a user may have made room.
 *
 * @param runFolder - `run/<id>` of a workspace
 * @param name - of the file or folder, with `/`
 */
export function noteRemoved(runFolder: string, name: string): void {
  appendFileSync(ledgerOf(runFolder), lineOfRemoval(name, "wanted"), { mode: 0o600 });
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
    this.ledger = ledgerOf(runFolder);
    this.settings = settings;
  }

  /** @returns how many files the platform does not have as they are now, or has and should not */
  get waiting(): number {
    const sent = this.sent();
    return this.left(sent).length + sent.removals.size;
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
    const sent = this.sent();
    const left = this.left(sent);
    let reason: string | undefined;
    let waiting = 0;
    for (const name of sent.removals) {
      try {
        await this.remove(name, deadlineMs);
      } catch (error) {
        if (isOfFile(error)) continue;
        return { isComplete: false, reason: `${sent.removals.size + left.length} files wait: ${(error as Error).message}` };
      }
    }
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
    const answer = await askPlatform(this.routeOf(name), this.settings, {
      method: "PUT",
      file: { path, bytes },
      signal: signalUntil(deadlineMs),
    });
    // An answer that is not read keeps the process alive.
    await answer.text();
    appendFileSync(this.ledger, `${JSON.stringify({ name, bytes, changedMs })}\n`, { mode: 0o600 });
  }

  private async remove(name: string, deadlineMs: number): Promise<void> {
    const answer = await askPlatform(this.routeOf(name), this.settings, { method: "DELETE", signal: signalUntil(deadlineMs) });
    await answer.text();
    appendFileSync(this.ledger, lineOfRemoval(name, "done"), { mode: 0o600 });
  }

  private routeOf(name: string): string {
    return `/v1/instances/${encodeURIComponent(this.instance)}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
  }

  private left({ forms }: Sent): RunFile[] {
    return findFiles(this.folder, (name) => !name.startsWith(PART), MOST_FILES).flatMap((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat?.isFile()) return [];
      const file = { path, name: relative(this.folder, path).split(sep).join("/"), bytes: stat.size, changedMs: stat.mtimeMs };
      return forms.get(file.name) === formOf(file) ? [] : [file];
    });
  }

  private sent(): Sent {
    const sent: Sent = { forms: new Map(), removals: new Set() };
    let text = "";
    try {
      text = readFileSync(this.ledger, "utf8");
    } catch {
      // Nothing was sent yet.
    }
    for (const line of text.split("\n")) takeLine(line, sent);
    return sent;
  }
}

function ledgerOf(runFolder: string): string {
  return join(runFolder, "files-sent.jsonl");
}

function lineOfRemoval(name: string, removal: Removal): string {
  return `${JSON.stringify({ name, removal })}\n`;
}

function signalUntil(deadlineMs: number): AbortSignal {
  return AbortSignal.timeout(Math.max(1, deadlineMs - Date.now()));
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

function takeLine(text: string, { forms, removals }: Sent): void {
  let line: RunFile & { removal?: Removal };
  try {
    line = JSON.parse(text) as typeof line;
  } catch {
    // The last line, cut off by a kill: the file is sent once more.
    return;
  }
  if (line.removal === undefined) {
    forms.set(line.name, formOf(line));
    return;
  }
  if (line.removal === "wanted") removals.add(line.name);
  else removals.delete(line.name);
  for (const name of forms.keys()) if (name === line.name || name.startsWith(`${line.name}/`)) forms.delete(name);
}

function formOf({ bytes, changedMs }: Pick<RunFile, "bytes" | "changedMs">): string {
  return `${bytes} ${changedMs}`;
}
