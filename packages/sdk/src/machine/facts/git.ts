import type { GitFacts } from "ava-protocol";
import { maskCode } from "../../place/secrets/mask-secrets.js";
import { type AskLimits, askProgram } from "./ask-program.js";

/** A longer diff is that of another branch, not of work in progress; it shall not fill the journal. */
const DIFF_BYTES = 256 * 1024;
const STATUS_BYTES = 64 * 1024;
const TIMEOUT_MS = 2_000;

/** A repository may name a program that watches its files: it would be started and stay. */
const GIT = ["git", "-c", "core.fsmonitor=false"] as const;

/**
 * Asks git for the state of the code. Files that git does not track are not looked for: a folder of data may hold millions of them.
 *
 * @param folder - working folder of the run
 * @param signal - gives the question up
 * @returns `undefined` outside of a repository and where there is no git
 */
export async function gitFacts(folder: string, signal: AbortSignal): Promise<GitFacts | undefined> {
  const limits: AskLimits = { folder, timeoutMs: TIMEOUT_MS, maxBytes: STATUS_BYTES, signal };
  const status = await askProgram([...GIT, "status", "--porcelain=v2", "--branch", "--untracked-files=no"], limits);
  if (!status) {
    // On a slow disk the state of all files takes too long, the commit does not.
    const head = await askProgram([...GIT, "rev-parse", "HEAD", "--abbrev-ref", "HEAD"], limits);
    const [commit, branch] = head?.text.split("\n") ?? [];
    return commit ? { commit, ...(branch && branch !== "HEAD" ? { branch } : {}) } : undefined;
  }
  const facts = parseStatus(status.text);
  if (!facts.isDirty || facts.commit === undefined) return facts;
  const diff = await askProgram([...GIT, "diff", "--no-color", "--no-ext-diff", "--no-textconv", "HEAD"], {
    ...limits,
    maxBytes: DIFF_BYTES,
  });
  if (!diff) return facts;
  // Whole lines only: a secret that is cut in two would not be known for one.
  const text = diff.isTruncated ? diff.text.slice(0, diff.text.lastIndexOf("\n") + 1) : diff.text;
  return { ...facts, diff: maskCode(text), ...(diff.isTruncated ? { isDiffTruncated: true } : {}) };
}

/**
 * @param text - output of `git status --porcelain=v2 --branch`
 * @returns commit, branch, and whether tracked files differ
 */
export function parseStatus(text: string): GitFacts {
  const commit = /^# branch\.oid ([0-9a-f]+)$/m.exec(text)?.[1];
  const branch = /^# branch\.head ([^(].*)$/m.exec(text)?.[1];
  return { ...(commit ? { commit } : {}), ...(branch ? { branch } : {}), isDirty: /^[12u] /m.test(text) };
}
