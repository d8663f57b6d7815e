import { fstatSync } from "node:fs";
import { AvaError } from "../../place/error.js";
import { launchChild } from "../child.js";
import { SignalForwarder } from "../signals.js";
import type { LogHook } from "./hook-runner.js";
import { type LogResult, Subprocess } from "./subprocess.js";

export type { LogHook } from "./hook-runner.js";
export type { LogResult, Subprocess } from "./subprocess.js";

/** Log hooks: one, several, or none. What is `undefined` is passed over, as a callback of an unsupported framework is. */
export type LogHooks = LogHook | readonly (LogHook | undefined)[] | undefined;

/** How {@link startproc} starts a command. */
export interface StartOptions {
  /** Working folder. Default ours. */
  cwd?: string;
  /** Environment of the command. Default ours. `PYTHONUNBUFFERED=1` is added where it is not set, so that lines come when they are printed. */
  env?: NodeJS.ProcessEnv;
  /**
   * While the command runs, signals that reach us (Ctrl-C, SIGTERM of a container's end, ...) go to its process group instead of
   * ending us: the script learns of them by the exit code and can record the end of the run. Default true.
   */
  shouldForwardSignals?: boolean;
  /** From a signal that asks the command to end until it is killed, in milliseconds. Default 30 000. */
  graceMs?: number;
}

/** As of `ava-sdk run --grace`. */
const DEFAULT_GRACE_MS = 30_000;

/**
 * Starts a command without a shell, in a process group of its own. Its output goes to ours unchanged.
 *
 * @param args - program and arguments
 * @param options - folder, environment, signals
 * @returns the running command
 * @throws AvaError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
 * @example
 * ```ts
 * import { cmd } from "ava-sdk/utils";
 * const proc = cmd.startproc(["caffe", "train", "-solver", "solver.prototxt"]);
 * await cmd.logproc(proc, (line) => line.includes("nan") && proc.kill());
 * const exitCode = await proc.wait();
 * ```
 */
export function startproc(args: readonly string[], options: StartOptions = {}): Subprocess {
  return start(args, options, false);
}

function start(args: readonly string[], options: StartOptions, hasHooks: boolean): Subprocess {
  const program = args[0];
  if (!program) throw new AvaError("COMMAND_NOT_FOUND", 'no command is given; pass program and arguments like ["caffe", "train"]');
  const { cwd, graceMs = DEFAULT_GRACE_MS } = options;
  const env: NodeJS.ProcessEnv = { PYTHONUNBUFFERED: "1", ...(options.env ?? process.env) };
  const signals = (options.shouldForwardSignals ?? true) ? new SignalForwarder(graceMs) : undefined;
  try {
    const { child, started } = launchChild(args, { env, isMerged: hasHooks || leadToOnePlace(), ...(cwd === undefined ? {} : { cwd }) });
    // What it says comes too late to be thrown from here.
    started.catch(() => undefined);
    if (!child) throw new AvaError("COMMAND_NOT_EXECUTABLE", `command '${program}' cannot be started; check its first line`);
    signals?.attach(child);
    return new Subprocess(child, graceMs, signals);
  } catch (error) {
    signals?.close();
    throw error;
  }
}

/**
 * Gives the lines of a command's output, stdout and stderr merged, to hooks, one at a time. They come in the order in which they were written where our stdout and
 * stderr lead to one place, and with {@link runproc}; else each output in its own order. A hook that throws is reported
 * once and still called. A hook that is slow holds up neither the command nor other hooks: up to 100 000 lines wait for it, further ones
 * are dropped, counted and reported.
 *
 * @param proc - of {@link startproc}
 * @param hooks - called with each line
 * @returns at the end of the output, when the hooks have had all lines; slow hooks get ten seconds more. Never rejects
 */
export function logproc(proc: Subprocess, hooks?: LogHooks): Promise<LogResult> {
  const list = typeof hooks === "function" ? [hooks] : (hooks ?? []);
  return proc.log(list.filter((hook) => hook !== undefined && hook !== null));
}

/**
 * Runs a command to its end: {@link startproc}, {@link logproc}, wait. Hooks get the lines of stdout and stderr in the order in which they were written, since one pipe
 * takes both: with hooks both go to our stdout, as with `2>&1` in a shell.
 *
 * @param args - program and arguments
 * @param logHook - one hook or several
 * @param options - folder, environment, signals
 * @returns exit code, 128 + n for signal n
 * @throws AvaError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
 */
export async function runproc(args: readonly string[], logHook?: LogHooks, options?: StartOptions): Promise<number> {
  const hooks = (typeof logHook === "function" ? [logHook] : (logHook ?? [])).filter(Boolean);
  const proc = start(args, options ?? {}, hooks.length > 0);
  await logproc(proc, hooks);
  return proc.wait();
}

/** Whether our stdout and stderr go to the same terminal, file or pipe. */
function leadToOnePlace(): boolean {
  try {
    const [out, err] = [fstatSync(1), fstatSync(2)];
    return out.dev === err.dev && out.ino === err.ino;
  } catch {
    // One of them is closed.
    return false;
  }
}
