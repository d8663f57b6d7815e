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

/**
 * Starts a command without a shell, its input ours, its output piped.
 *
 * @param command - program and arguments
 * @param env - its environment
 * @returns the running child
 * @throws AvaError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
 */
export async function startChild(command: readonly string[], env: NodeJS.ProcessEnv): Promise<GroupChild> {
  const [program, ...args] = command as [string, ...string[]];
  // Own group: a terminal's Ctrl-C reaches us alone and is forwarded once, not twice.
  const pipes = openPipes(2);
  const child = spawn(program, args, {
    env,
    stdio: ["inherit", pipes?.[0]?.writeFd ?? "pipe", pipes?.[1]?.writeFd ?? "pipe"],
    detached: true,
  });
  for (const { writeFd } of pipes ?? []) closeSync(writeFd);
  const exited = new Promise<ChildExit>((resolve) => {
    child.once("exit", (code, signal) => resolve(toExit(code, signal)));
  });
  await started(child, program);
  const pid = child.pid as number;
  const [stdout, stderr] = pipes?.map(({ reader }) => reader) ?? [child.stdout, child.stderr];
  if (!stdout || !stderr) throw new Error("a child without output pipes");
  return { pid, stdout, stderr, exited, signalGroup: (signal) => signalGroup(pid, signal) };
}

function started(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === "ENOENT"
          ? new AvaError(
              "COMMAND_NOT_FOUND",
              `command '${program}' is not found; check its name and PATH, and that the working folder exists`,
              { cause },
            )
          : new AvaError("COMMAND_NOT_EXECUTABLE", `command '${program}' cannot be started: ${cause.code ?? cause.message}`, { cause }),
      );
    });
  });
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
