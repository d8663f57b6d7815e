import { AvaError } from "../place/error.js";
import { launchUnwatched } from "./child.js";
import type { Inherited } from "./inherited.js";
import { SignalForwarder } from "./signals.js";

/** How a command runs that cannot be recorded. */
export interface UnwatchedOptions {
  /** From a signal that asks the command to end until it is killed. */
  graceMs: number;
  inherited: Inherited | undefined;
  /** Told why the command cannot be started. */
  warn: (message: string) => void;
}

/**
 * Runs a command whose output is ours; nothing of it is recorded.
 *
 * @param command - program and arguments
 * @param options - how
 * @returns its exit code, 128 + n for a signal; 127 or 126 when it could not be started
 */
export async function runUnwatched(command: readonly string[], { graceMs, inherited, warn }: UnwatchedOptions): Promise<number> {
  const signals = new SignalForwarder(graceMs, inherited?.ignoredSignals);
  try {
    const child = await launchUnwatched(command, { env: process.env, inherited }).started;
    signals.attach(child);
    return (await child.exited).exitCode;
  } catch (error) {
    warn((error as Error).message);
    return error instanceof AvaError && error.code === "COMMAND_NOT_FOUND" ? 127 : 126;
  } finally {
    signals.close();
  }
}
