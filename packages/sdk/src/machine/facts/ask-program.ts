import { spawn } from "node:child_process";

/** What a program that is asked for a fact may take. */
export interface AskLimits {
  folder: string;
  timeoutMs: number;
  maxBytes: number;
  /** Gives the question up. */
  signal: AbortSignal;
}

/** What a program said. */
export interface ProgramAnswer {
  text: string;
  /** It said more than it may. */
  isTruncated: boolean;
}

/** From a program's end until what it said last is read. */
const LAST_WORDS_MS = 500;

/**
 * Asks a program for a fact. It hears and shows nothing, and is killed when it takes too long or says too much.
 *
 * @param command - program and arguments
 * @param limits - where it runs, and its bounds
 * @returns its output; `undefined` when it could not be asked, failed or took too long
 */
export function askProgram([program, ...args]: readonly [string, ...string[]], limits: AskLimits): Promise<ProgramAnswer | undefined> {
  const { folder, timeoutMs, maxBytes, signal } = limits;
  // It must neither change the repository (a lock, a watching daemon), nor ask a person or the network.
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1" };
  const child = spawn(program, args, {
    cwd: folder,
    env,
    timeout: timeoutMs,
    signal,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "ignore"],
    windowsHide: true,
  });
  const chunks: Buffer[] = [];
  let leftBytes = maxBytes;
  let isTruncated = false;
  return new Promise((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, leftBytes));
      leftBytes -= Math.min(leftBytes, chunk.length);
      isTruncated ||= chunk.length > 0 && leftBytes === 0;
      if (isTruncated) child.kill("SIGKILL");
    });
    child.once("error", () => resolve(undefined));
    // A daemon that it leaves behind may hold the pipe for ever.
    child.once("exit", () => setTimeout(() => child.stdout.destroy(), LAST_WORDS_MS).unref());
    child.once("close", (exitCode) => {
      resolve(exitCode === 0 || isTruncated ? { text: Buffer.concat(chunks).toString(), isTruncated } : undefined);
    });
  });
}
