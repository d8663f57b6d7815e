import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { AvaError } from "../error.js";
import { openPipes } from "./pipes.js";

/** How a child process ended. */
export interface ChildExit {
  /** Exit code as a shell reports it: 128 + n for signal n. */
  exitCode: number;
  signal?: NodeJS.Signals;
}

/** A child in a process group of its own. */
export interface GroupChild {
  pid: number;
  stdout: Readable;
  stderr: Readable;
  exited: Promise<ChildExit>;
  /** Sends a signal to every process of the group. @returns false when none is left */
  signalGroup(signal: NodeJS.Signals): boolean;
}

/** Where and with what a command runs. */
export interface ChildOptions {
  env: NodeJS.ProcessEnv;
  /** Working folder; default ours. */
  cwd?: string;
}

/** A command that was told to start. */
export interface Launch {
  /** Absent when it could not be started; `started` knows why. */
  child: GroupChild | undefined;
  /** @throws AvaError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE */
  started: Promise<GroupChild>;
}

/**
 * Starts a command without a shell, its input ours, its output piped.
 *
 * @param command - program and arguments
 * @param options - its environment and folder
 * @returns the running child
 * @throws AvaError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
 */
export async function startChild(command: readonly string[], options: ChildOptions): Promise<GroupChild> {
  return await launchChild(command, options).started;
}

/**
 * The same without a wait: Node knows at once whether a child runs, and only later why it does not.
 *
 * @param command - program and arguments
 * @param options - its environment and folder
 * @returns the child, if it runs
 * @throws AvaError COMMAND_NOT_EXECUTABLE where the arguments are too long or no strings
 */
export function launchChild(command: readonly string[], options: ChildOptions): Launch {
  const [program, ...args] = command as [string, ...string[]];
  const pipes = openPipes(2);
  const closeReaders = () => {
    for (const { reader } of pipes ?? []) reader.destroy();
  };
  let child: ChildProcess;
  try {
    // Own group: a terminal's Ctrl-C reaches us alone and is forwarded once, not twice.
    child = spawn(program, args, {
      ...options,
      stdio: ["inherit", pipes?.[0]?.writeFd ?? "pipe", pipes?.[1]?.writeFd ?? "pipe"],
      detached: true,
    });
  } catch (cause) {
    // Arguments that are too long, or no strings.
    closeReaders();
    throw startError(program, cause as NodeJS.ErrnoException);
  } finally {
    for (const { writeFd } of pipes ?? []) closeSync(writeFd);
  }
  const exited = new Promise<ChildExit>((resolve) => {
    child.once("exit", (code, signal) => resolve(toExit(code, signal)));
  });
  const { pid } = child;
  const [stdout, stderr] = pipes?.map(({ reader }) => reader) ?? [child.stdout, child.stderr];
  if (pid === undefined || !stdout || !stderr) {
    closeReaders();
    return { child: undefined, started: spawned(child, program).then(never) };
  }
  const group: GroupChild = { pid, stdout, stderr, exited, signalGroup: (signal) => signalGroup(pid, signal) };
  return { child: group, started: spawned(child, program).then(() => group) };
}

function spawned(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause: NodeJS.ErrnoException) => reject(startError(program, cause)));
  });
}

function startError(program: string, cause: NodeJS.ErrnoException): AvaError {
  return cause.code === "ENOENT"
    ? new AvaError("COMMAND_NOT_FOUND", `command '${program}' is not found; check its name and PATH, and that the working folder exists`, {
        cause,
      })
    : new AvaError("COMMAND_NOT_EXECUTABLE", `command '${program}' cannot be started: ${cause.code ?? cause.message}`, { cause });
}

function never(): never {
  throw new Error("a child without a process id or output pipes");
}

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
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
