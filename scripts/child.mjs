// @ts-check
import { spawn } from "node:child_process";
import { root } from "./paths.mjs";

/** How long a program may take to end after it was asked to, in milliseconds; then it is killed. */
const graceMs = 5000;

/**
 * @typedef {object} Child a program that runs beside us, in a process group of its own
 * @property {import("node:stream").Readable} stdout
 * @property {Promise<number>} ended exit code: 128 where a signal ended it, 127 where it could not start
 * @property {() => Promise<void>} stop ends it and everything it started; resolves once it is gone
 */

/**
 * Starts a Node program. Its own process group keeps a Ctrl-C of the terminal away from it, so that we decide what ends first.
 *
 * @param {string} file - program, relative to the root of the repository
 * @param {string[]} args
 * @param {Record<string, string>} [settings] - its environment; of ours it gets everything but AVA's settings
 * @returns {Child}
 */
export function startNode(file, args, settings = {}) {
  const ours = Object.entries(process.env).filter(([name]) => !name.startsWith("AVA_"));
  const child = spawn(process.execPath, [file, ...args], {
    cwd: root,
    env: { ...Object.fromEntries(ours), ...settings },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const ended = new Promise((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code ?? 128));
  });

  /** @param {NodeJS.Signals} signal */
  function signalGroup(signal) {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group has ended already.
    }
  }

  return {
    stdout: child.stdout,
    ended,
    async stop() {
      signalGroup("SIGTERM");
      const timer = setTimeout(() => signalGroup("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
      signalGroup("SIGKILL");
    },
  };
}
