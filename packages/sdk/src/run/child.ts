import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { AvaError } from "../place/error.js";
import { missingProgram } from "./find-program.js";
import { asInherited, closeInherited, descriptorsOfChild, type Inherited } from "./inherited.js";
import { type OutputPipe, openPipes, type Pipe } from "./pipes.js";

/** How a child process ended. */
export interface ChildExit {
  /** Exit code as a shell reports it: 128 + n for signal n. */
  exitCode: number;
  signal?: NodeJS.Signals;
}

/** A child in a process group of its own. */
export interface GroupChild {
  pid: number;
  exited: Promise<ChildExit>;
  /** Sends a signal to every process of the group. @returns false when none is left */
  signalGroup(signal: NodeJS.Signals): boolean;
}

/** A child whose output we read. */
export interface PipedChild extends GroupChild {
  stdout: OutputPipe;
  /** Absent where `stdout` has both. */
  stderr: OutputPipe | undefined;
}

/** Where and with what a command runs. */
export interface ChildOptions {
  env: NodeJS.ProcessEnv;
  /** Working folder; default ours. */
  cwd?: string;
  /** What we were started with and the command is to find as well. */
  inherited?: Inherited | undefined;
  /** One pipe takes stdout and stderr, in the order in which they are written. Not possible where the machine has no named pipes. */
  isMerged?: boolean;
  /** Places for named pipes; default the temporary folder. */
  pipeFolders?: readonly string[];
}

/** A command that was told to start. */
export interface Launch<Child extends GroupChild = PipedChild> {
  /** Absent when it could not be started; `started` knows why. */
  child: Child | undefined;
  /** @throws AvaError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE */
  started: Promise<Child>;
}

/**
 * Starts a command without a shell, its input ours, its output piped. Node knows at once whether a child runs, and only later why it does not.
 *
 * @param command - program and arguments
 * @param options - its environment and folder
 * @returns the child, if it runs
 * @throws AvaError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE; the latter also where the arguments are too long or no strings. The system's error where
 * descriptors, processes or memory are used up
 */
export function launchChild(command: readonly string[], options: ChildOptions): Launch {
  const pipes = openPipes(options.isMerged ? 1 : 2, options.pipeFolders);
  const closeReaders = () => {
    for (const pipe of pipes ?? []) pipe.close();
  };
  let child: ChildProcess;
  try {
    child = spawnCommand(command, options, [pipes?.[0]?.writeFd ?? "pipe", pipes?.at(-1)?.writeFd ?? "pipe"]);
  } catch (error) {
    closeReaders();
    throw error;
  } finally {
    for (const { writeFd } of pipes ?? []) closeSync(writeFd);
  }
  const [stdout, stderr] = pipes ?? [ofStream(child.stdout), ofStream(child.stderr)];
  const group = groupOf(child);
  if (!group || !stdout) {
    closeReaders();
    return { child: undefined, started: spawned(child, command[0]).then(never) };
  }
  for (const [index, pipe] of (pipes ?? ([] as Pipe[])).entries()) pipe.guard(index + 1);
  const piped = { ...group, stdout, stderr };
  return { child: piped, started: spawned(child, command[0]).then(() => piped) };
}

/**
 * Starts a command whose output is ours, as a shell would.
 *
 * @param command - program and arguments
 * @param options - its environment and folder
 * @returns the child, if it runs
 * @throws AvaError as of {@link launchChild}
 */
export function launchUnwatched(command: readonly string[], options: ChildOptions): Launch<GroupChild> {
  const child = spawnCommand(command, options, ["inherit", "inherit"]);
  const group = groupOf(child);
  const started = spawned(child, command[0]);
  return group ? { child: group, started: started.then(() => group) } : { child: undefined, started: started.then(never) };
}

function spawnCommand(
  command: readonly string[],
  { inherited, env, cwd }: ChildOptions,
  output: readonly (number | "pipe" | "inherit")[],
): ChildProcess {
  const missing = missingProgram(command[0] as string, cwd, env["PATH"]);
  if (missing) throw missing;
  const [program, ...args] = asInherited(command, inherited) as [string, ...string[]];
  try {
    // Own group: a terminal's Ctrl-C reaches us alone and is forwarded once, not twice.
    const child = spawn(program, args, {
      env,
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ["inherit", ...output, ...descriptorsOfChild(inherited)],
      detached: true,
    });
    if (child.pid !== undefined) closeInherited(inherited);
    return child;
  } catch (cause) {
    // Arguments that are too long, or no strings.
    throw startError(command[0], cause as NodeJS.ErrnoException);
  }
}

function groupOf(child: ChildProcess): GroupChild | undefined {
  const { pid } = child;
  if (pid === undefined) return undefined;
  const exited = new Promise<ChildExit>((resolve) => {
    child.once("exit", (code, signal) => resolve(toExit(code, signal)));
  });
  return { pid, exited, signalGroup: (signal) => signalGroup(pid, signal) };
}

/** Node's own pipe has one reader. */
function ofStream(reader: Readable | null): OutputPipe | undefined {
  return reader ? { reader, hasRelay: () => false, release: () => undefined, close: () => void reader.destroy() } : undefined;
}

function spawned(child: ChildProcess, program: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause: NodeJS.ErrnoException) => reject(startError(program, cause)));
  });
}

/** Of the machine, not of the command: without our pipes and processes it may go. */
const EXHAUSTED = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);

function startError(program: string | undefined, cause: NodeJS.ErrnoException): Error {
  if (EXHAUSTED.has(cause.code ?? "")) return cause;
  return cause.code === "ENOENT"
    ? new AvaError("COMMAND_NOT_FOUND", `command '${program}' is not found; check its name and PATH, and that the working folder exists`, {
        cause,
      })
    : new AvaError("COMMAND_NOT_EXECUTABLE", `command '${program}' cannot be started: ${cause.code ?? cause.message}`, { cause });
}

function never(): never {
  throw new Error("a child without a process id or output pipes");
}

/** @param pid - leads a process group @param signal - for all of it @returns false when none is left */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    // ESRCH: every process of the group has ended.
    return false;
  }
}

function toExit(code: number | null, signal: NodeJS.Signals | null): ChildExit {
  return signal ? { exitCode: 128 + constants.signals[signal], signal } : { exitCode: code ?? 1 };
}
