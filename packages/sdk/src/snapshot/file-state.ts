import { readdirSync, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What a file, or a folder with all that is in it, looks like now. */
export interface FileState {
  /** Sizes, times and numbers of all files: another text is another content. */
  text: string;
  /** When the newest of it was changed, in milliseconds since 1970. */
  changedMs: number;
  /** It is a file of no bytes: mostly one that was only just made; some are meant to be empty. */
  isEmpty: boolean;
  isFolder: boolean;
}

/**
 * Looks at a file without opening it: what is not a file (a pipe, a device, a socket) could wait for ever.
 *
 * @param path - of a file or folder; links are followed
 * @returns its state; `absent` when it is not there yet or any more, `special` for what is neither a file nor a folder. In a folder what is special
 *   does not count, as it is not packed
 */
export async function fileState(path: string): Promise<FileState | "absent" | "special"> {
  try {
    const facts = await stat(path);
    const own = `${facts.size} ${facts.mtimeMs} ${facts.ino}`;
    if (facts.isFile()) return { text: own, changedMs: facts.mtimeMs, isEmpty: facts.size === 0, isFolder: false };
    if (!facts.isDirectory()) return "special";
    const state: FileState = { text: own, changedMs: facts.mtimeMs, isEmpty: false, isFolder: true };
    for (const name of (await readdir(path)).toSorted()) {
      const inside = await fileState(join(path, name));
      state.text += `\n${name} ${typeof inside === "string" ? inside : inside.text}`;
      if (typeof inside === "string") continue;
      state.changedMs = Math.max(state.changedMs, inside.changedMs);
      state.isEmpty ||= inside.isEmpty;
    }
    return state;
  } catch {
    // Not there yet, or replaced at this very moment.
    return "absent";
  }
}

/** Entries of a folder that are looked at without a pause: some milliseconds. */
const MOST_AT_ONCE = 2_000;

/**
 * As {@link fileState}, for the training's own thread, which cannot wait. Of a large folder not all is looked at.
 *
 * @param path - of a file or folder
 * @param budget - entries that may still be looked at
 * @returns its state, without word of empty files in a folder; `undefined` for what is not there, or neither a file nor a folder
 */
export function fileStateSync(path: string, budget: { entries: number } = { entries: MOST_AT_ONCE }): FileState | undefined {
  try {
    const facts = statSync(path);
    const state = {
      text: `${facts.size} ${facts.mtimeMs} ${facts.ino}`,
      changedMs: facts.mtimeMs,
      isEmpty: facts.isFile() && facts.size === 0,
      isFolder: facts.isDirectory(),
    };
    if (facts.isFile()) return state;
    if (!facts.isDirectory()) return undefined;
    for (const name of readdirSync(path).toSorted()) {
      if (--budget.entries < 0) break;
      const inside = fileStateSync(join(path, name), budget);
      state.text += `\n${name} ${inside?.text}`;
      state.changedMs = Math.max(state.changedMs, inside?.changedMs ?? 0);
    }
    return state;
  } catch {
    // As above.
    return undefined;
  }
}
