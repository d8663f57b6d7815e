import { closeSync } from "node:fs";
import type { StartVariables } from "../place/settings/environment.js";

/** What a process finds when it starts and Node.js takes away: a command that we run is to find it all the same. */
export interface Inherited {
  /** Numbers of the signals that were ignored: by `nohup`, or in background jobs of scripts. */
  ignoredSignals: readonly number[];
  /** Open descriptors from 3 on. */
  descriptors: readonly number[];
  /** Soft limit of open files as `ulimit -Sn` prints it. */
  openFiles: string;
  /** Variables whose names a shell does not understand and drops, `NAME=value`. */
  oddVariables: readonly string[];
}

/** SIGKILL and SIGSTOP cannot be ignored; from 32 on the numbers are not the same everywhere. */
const IGNORABLE = Array.from({ length: 31 }, (_, index) => index + 1).filter((number) => number !== 9 && number !== 19);
/** Descriptors above it are not closed by Node.js, unless all below are open. */
const MOST_DESCRIPTOR = 255;

/**
 * Reads what the launcher (`bin/ava-sdk`, or the `ava-sdk` of the Python package) noted before Node.js ran.
 *
 * @param variables - as the launcher set them
 * @param pid - of this process: what another one was started with says nothing
 * @returns what was inherited; `undefined` where no launcher told
 */
export function readInherited(variables: StartVariables, pid: number = process.pid): Inherited | undefined {
  const [startPid, ignored = "0", openFiles = "", descriptors = ""] = (variables.start ?? "").split(" ");
  if (Number(startPid) !== pid) return undefined;
  const mask = BigInt(/^[0-9a-f]+$/i.test(ignored) ? `0x${ignored}` : 0);
  return {
    ignoredSignals: IGNORABLE.filter((number) => (mask >> BigInt(number - 1)) & 1n),
    descriptors: descriptors
      .split(",")
      .map(Number)
      .filter((fd) => Number.isInteger(fd) && fd > 2 && fd <= MOST_DESCRIPTOR),
    openFiles: /^(\d+|unlimited)$/.test(openFiles) ? openFiles : "",
    oddVariables: Buffer.from(variables.odd ?? "", "base64")
      .toString()
      .split("\0")
      .filter((variable) => variable.includes("=")),
  };
}

/**
 * A command line that starts a command with what was inherited: libuv gives a child default signals, and our limits.
 *
 * @param command - program and arguments
 * @param inherited - what it is to find
 * @returns the command itself where nothing differs
 */
export function asInherited(command: readonly string[], inherited: Inherited | undefined): readonly string[] {
  const { openFiles, ignoredSignals, oddVariables } = inherited ?? { openFiles: "", ignoredSignals: [], oddVariables: [] };
  const steps = [
    ...(openFiles ? [`ulimit -Sn ${openFiles} 2>/dev/null`] : []),
    ...(ignoredSignals.length > 0 ? [`trap "" ${ignoredSignals.join(" ")}`] : []),
  ];
  if (steps.length === 0) return command;
  return [
    "/bin/sh",
    "-c",
    [...steps, 'exec "$@"'].join("; "),
    "ava-sdk",
    ...(oddVariables.length > 0 ? ["env", ...oddVariables] : []),
    ...command,
  ];
}

/**
 * The `stdio` of a child that finds the same descriptors as we did.
 *
 * @param inherited - with the descriptors
 * @returns what stands behind stdin, stdout and stderr
 */
export function descriptorsOfChild(inherited: Inherited | undefined): (number | "ignore")[] {
  const { descriptors = [] } = inherited ?? {};
  // "ignore" leaves a gap from 3 on.
  return Array.from({ length: Math.max(2, ...descriptors) - 2 }, (_, index) => (descriptors.includes(index + 3) ? index + 3 : "ignore"));
}

/** Closes our copies: a reader that waits for the end of a pipe waits for the command alone. @param inherited - with the descriptors */
export function closeInherited(inherited: Inherited | undefined): void {
  for (const fd of inherited?.descriptors ?? []) {
    try {
      closeSync(fd);
    } catch {
      // Closed already.
    }
  }
}
