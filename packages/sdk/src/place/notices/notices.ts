import { appendFileSync } from "node:fs";
import { maskText } from "../secrets/mask-secrets.js";

/** Words of the SDK for people; they never go to stdout. What repeats itself in a training loop is said once. */
export interface Notices {
  /** Something the user should act on: a wrong setting, an unwritable workspace. Said once. @param topic - for words that differ each time. Default: the message */
  warn(message: string, topic?: string): void;
  /** What a reader of a batch job's stderr is to know, once: the run's link, a run that is not recorded. */
  announce(message: string): void;
  /** Something worth knowing: the platform went away or came back. */
  tell(message: string): void;
}

/** Different warnings of one kind at most: what a script says anew at each step must not silence another thing. */
const MOST_OF_A_KIND = 100;
const MOST_KINDS = 1_000;
/** The kind of a warning is how it begins. */
const KIND_CHARS = 24;

/** Words that wait for their file at most. */
const MOST_WAITING = 100;

/** Where the notices of a run go. */
export interface NoticeOptions {
  /** File that keeps all of them, below the run's logs. May become known later. */
  file?: () => string | undefined;
  /** Shows a warning. */
  showWarning: (message: string) => void;
  /** Shows an announcement; absent: as a warning. */
  showAnnouncement?: (message: string) => void;
  /** Shows a note; absent: notes go to the file only. */
  showNote?: (message: string) => void;
}

/**
 * @param options - where they go
 * @returns notices that never throw
 */
export function createNotices(options: NoticeOptions): Notices {
  let last: string | undefined;
  /** Said before the file was known. */
  const waiting: string[] = [];
  const say = (words: string, show: ((message: string) => void) | undefined) => {
    const message = maskText(words);
    if (message === last) return;
    last = message;
    let shown = show;
    const file = options.file?.();
    waiting.push(`${new Date().toISOString()} ${message}\n`);
    waiting.splice(0, waiting.length - MOST_WAITING);
    try {
      if (file) appendFileSync(file, waiting.splice(0).join(""), { mode: 0o600 });
    } catch {
      // A full disk must not fail the training; what its log has not is shown.
      shown = options.showWarning;
    }
    shown?.(message);
  };
  const warned = new Map<string, Set<string>>();
  const isNew = (topic: string): boolean => {
    const kind = topic.slice(0, KIND_CHARS);
    const topics = warned.get(kind) ?? new Set();
    if (topics.has(topic) || topics.size >= MOST_OF_A_KIND || (topics.size === 0 && warned.size >= MOST_KINDS)) return false;
    warned.set(kind, topics.add(topic));
    return true;
  };
  return {
    warn: (message, topic = message) => {
      if (isNew(topic)) say(message, options.showWarning);
    },
    announce: (message) => say(message, options.showAnnouncement ?? options.showWarning),
    tell: (message) => say(message, options.showNote),
  };
}

/**
 * Shows a warning of a library: on stderr by Node's own means, so that `--no-warnings` and listeners of `warning` apply.
 *
 * @param message - what is wrong and what to do
 */
export function emitLibraryWarning(message: string): void {
  process.emitWarning(maskText(message), { type: "AvaWarning" });
}
