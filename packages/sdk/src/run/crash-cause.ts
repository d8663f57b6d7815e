/** Why a command failed, as its output says it. */
export interface CrashCause {
  message: string;
  /** A line that says why or how, not merely the last one. */
  isTold: boolean;
}

/** Longest message. */
const MESSAGE_CHARS = 500;
/** How far before the end a reason may stand, in lines that are not noise: launchers print summaries behind it. */
const REACH_LINES = 30;

/** In front of a rank's lines: `[rank0]: `, `[default0]:`, `[1,0]<stderr>:`. */
const RANK = /^\[(?:rank|default)?\d+(?:,\d+)?\](?:<std(?:err|out)>)?:\s?/;
const TRACEBACK = /^[\s|+]*(?:Exception Group )?Traceback \(most recent call last\):/;
const GLOG = /^([IWEF])(?:\d{4})?\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ [^\]]+:\d+\] ?/;

/** Stack frames, headings of stacks, progress bars, rulers, and what clients of trackers say behind a program. */
const NOISE: readonly RegExp[] = [
  /^\s*$/,
  /^\s*@ +(?:0x|\()/,
  /^\s*#\d+[ :]/,
  /^\s*\[bt\]/,
  /^\s*frame #\d+:/,
  /^\s*File ".*", line \d+/,
  /^\s+at /,
  /^\*\*\* (?:Check failure stack trace|Aborted at) /,
  /^\*\*\* Check failure stack trace: \*\*\*/,
  /^PC: @/,
  /^\s*(?:C\+\+ )?stack ?trace(?: returned.*)?(?: \(.*\))?:\s*$/i,
  /^(?:Current thread|Thread) 0x|^Extension modules: /,
  /\d%\|/,
  /\b(?:it|s|batch|img|samples?)\/(?:s|it|batch)\b.*\]/,
  /\[[=>.#━-]{6,}[ =>.#━-]*\]|\bETA\b/,
  /^[\s=*_+~-]{4,}$/,
  /^wandb: |^(?:🏃|🧪) View /u,
];

/** Lines that say why. */
const REASONS: readonly RegExp[] = [
  /^(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Interrupt|Fault|Failure)(?::|$)/,
  /Check failed: /,
  /^terminate called |^pure virtual method called/,
  /^\s*what\(\):/,
  /^(?:\S+: )?(?:double free|free\(\)|malloc\(\)|malloc_consolidate|realloc\(\)|corrupted |munmap_chunk|invalid fastbin)/,
  /stack smashing detected|buffer overflow detected/,
  /Assertion .*failed/,
  /^thread '.*' panicked at|^panic: |^fatal error: |^Exception in thread /,
  /^(?:FATAL|ERROR|Error|error|fatal)\b: ?/,
  /out of memory|CUDA error|No space left on device/i,
];

/** Lines that say how, when the reason stands before them or nowhere. */
const ENDS: readonly RegExp[] = [
  /^\*\*\* SIG[A-Z]+ .*\*\*\*$/,
  /^Fatal Python error: /,
  /^(?:.*: (?:line )?\d+: +\d+ +)?(?:Segmentation fault|Aborted|Killed|Bus error|Floating point exception|Illegal instruction)\b/,
  /\(core dumped\)/,
];

/** Exceptions of those that only started what failed. */
const LAUNCHERS = /(?:ChildFailedError|CalledProcessError|ProcessExitedException)/;

interface Found {
  text: string;
  kind: "reason" | "end" | "text";
}

/**
 * Finds out of the last output of a command why it failed: the exception that left a Python program, what an aborted program said and the
 * signal that ended it; not the frames of its stack, nor a progress bar.
 *
 * @param lines - last lines of a stream, as a terminal shows them
 * @returns the cause; undefined where nothing was printed
 */
export function crashCause(lines: readonly string[]): CrashCause | undefined {
  const found = readLines(lines).slice(-REACH_LINES);
  const reasons = found.filter(({ kind }) => kind === "reason");
  const reason = reasons.findLast(({ text }) => !LAUNCHERS.test(text)) ?? reasons.at(-1);
  const afterReason = reason ? found.slice(found.indexOf(reason) + 1) : found;
  const ends = afterReason.filter(({ kind }) => kind === "end");
  const end = reason ? ends[0] : (ends.findLast(({ text }) => text.startsWith("***")) ?? ends.at(-1));
  if (!reason && !end) {
    const last = found.at(-1) ?? lastOf(lines);
    return last && { message: last.text.slice(0, MESSAGE_CHARS), isTold: false };
  }
  const parts = [reason ? whole(reason, found) : saidBefore(end as Found, found), end?.text];
  return { message: parts.filter(Boolean).join("; ").slice(0, MESSAGE_CHARS), isTold: true };
}

/** What is not noise, with the exceptions that end tracebacks told apart. */
function readLines(lines: readonly string[]): Found[] {
  const found: Found[] = [];
  let isInTraceback = false;
  for (const line of lines) {
    const text = line.replace(RANK, "");
    if (TRACEBACK.test(text)) isInTraceback = true;
    else if (isInTraceback && /^(?:\s|\|)/.test(text)) continue;
    else if (isInTraceback && text !== "") {
      isInTraceback = false;
      found.push({ text: text.trim(), kind: "reason" });
    } else if (!NOISE.some((noise) => noise.test(text))) found.push(classify(text));
  }
  return found;
}

function classify(text: string): Found {
  const severity = GLOG.exec(text)?.[1];
  if (severity === "F") return { text: text.replace(GLOG, "").trim(), kind: "reason" };
  if (ENDS.some((end) => end.test(text))) return { text: text.trim(), kind: "end" };
  const isReason = severity === undefined && REASONS.some((reason) => reason.test(text));
  return { text: text.trim(), kind: isReason ? "reason" : "text" };
}

/** C++ says the type of an exception in one line and its message in the next, Python the message in a new line where it begins with one. */
function whole(reason: Found, found: readonly Found[]): string {
  const at = found.indexOf(reason);
  const [before, after] = [found[at - 1], found[at + 1]];
  if (reason.text.startsWith("what():") && before?.text.startsWith("terminate called")) return `${before.text} ${reason.text}`;
  return /^[\w.]+:$/.test(reason.text) && after?.kind === "text" ? `${reason.text} ${after.text}` : reason.text;
}

/** A program that aborts has mostly said why; one that is hit by another signal has not. */
function saidBefore(end: Found, found: readonly Found[]): string | undefined {
  const before = found[found.indexOf(end) - 1];
  return before?.kind === "text" && /SIGABRT|Abort/.test(end.text) && !GLOG.test(before.text) ? before.text : undefined;
}

function lastOf(lines: readonly string[]): Found | undefined {
  const text = lines.findLast((line) => line.trim() !== "")?.trim();
  return text === undefined ? undefined : { text, kind: "text" };
}
