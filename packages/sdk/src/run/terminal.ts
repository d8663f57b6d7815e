import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { PassThrough, Readable } from "node:stream";
import { isatty } from "node:tty";
import type { IPty, spawn as spawnOnTerminal } from "@lydell/node-pty";
import { AvaError } from "../place/error.js";
import { type ChildExit, type ChildOptions, type PipedChild, signalGroup } from "./child.js";
import { missingProgram } from "./find-program.js";
import { asInherited } from "./inherited.js";
import type { OutputPipe } from "./pipes.js";

type Spawn = typeof spawnOnTerminal;

/**
 * Opens what it takes to give a command a terminal.
 *
 * @returns `undefined` where our input or output is not a terminal
 * @throws AvaError SETTING_INVALID where the package is not installed
 */
export async function openTerminal(): Promise<Terminal | undefined> {
  if (!isatty(0) || !isatty(1)) return undefined;
  try {
    const { spawn } = await import("@lydell/node-pty");
    return new Terminal(spawn);
  } catch (cause) {
    throw new AvaError(
      "SETTING_INVALID",
      "--tty needs a package that ava-sdk does not bring; install it beside ava-sdk: npm install @lydell/node-pty",
      {
        cause,
      },
    );
  }
}

/** A pseudo-terminal between ours and a command: what is typed goes in as it is, what the command writes comes out on stdout. */
export class Terminal {
  private readonly spawn: Spawn;
  private pty: IPty | undefined;

  /** @param spawn - of node-pty */
  constructor(spawn: Spawn) {
    this.spawn = spawn;
  }

  /**
   * Starts a command on the terminal.
   *
   * @param command - program and arguments
   * @param options - its environment and folder
   * @returns the running child; its stderr is empty
   * @throws AvaError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
   */
  launch(command: readonly string[], { env, cwd = process.cwd(), inherited }: ChildOptions): PipedChild {
    const missing = missingProgram(command[0] as string, cwd, env["PATH"]);
    if (missing) throw missing;
    const [program, ...args] = asInherited(command, inherited) as [string, ...string[]];
    const pty = this.spawn(program, args, { ...windowSize(), name: env["TERM"] ?? "xterm", cwd, env, encoding: null });
    this.pty = pty;
    const output = new PassThrough();
    // Bytes, since no encoding is set.
    pty.onData((data: unknown) => {
      if (!output.write(data as Uint8Array)) pty.pause();
    });
    output.on("drain", () => pty.resume());
    const exited = new Promise<ChildExit>((resolve) => {
      pty.onExit(({ exitCode, signal }) => {
        output.end();
        resolve(signal ? { exitCode: 128 + signal, ...nameOf(signal) } : { exitCode });
      });
    });
    process.stdin.setRawMode(true);
    // The command's terminal has made its line ends already; Node.js leaves ours to make them again.
    spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
    process.stdin.on("data", this.onInput);
    process.stdout.on("resize", this.onResize);
    return {
      pid: pty.pid,
      exited,
      signalGroup: (signal) => signalGroup(pty.pid, signal),
      stdout: ofStream(output),
      stderr: ofStream(Readable.from([])),
    };
  }

  /** Gives our terminal back as it was. */
  close(): void {
    if (!this.pty) return;
    process.stdin.off("data", this.onInput);
    process.stdin.pause();
    process.stdin.setRawMode(false);
    process.stdout.off("resize", this.onResize);
    this.pty = undefined;
  }

  private readonly onInput = (data: Buffer): void => {
    this.pty?.write(data as unknown as string);
  };

  private readonly onResize = (): void => {
    const { cols, rows } = windowSize();
    this.pty?.resize(cols, rows);
  };
}

function windowSize(): { cols: number; rows: number } {
  return { cols: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
}

function nameOf(number: number): { signal?: NodeJS.Signals } {
  const name = Object.entries(constants.signals).find(([, one]) => one === number)?.[0] as NodeJS.Signals | undefined;
  return name === undefined ? {} : { signal: name };
}

function ofStream(reader: Readable): OutputPipe {
  return { reader, hasRelay: () => false, release: () => undefined, close: () => void reader.destroy() };
}
