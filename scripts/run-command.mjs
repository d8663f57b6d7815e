// @ts-check
import { spawn } from "node:child_process";
import { root } from "./paths.mjs";

/**
 * Runs a command in the root of the repository, with our output and no input.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>} the exit code; 127 where it cannot start, 128 where a signal ended it
 */
export function runCommand(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", (error) => {
      console.error(`Cannot start ${command}: ${error.message}`);
      resolve(127);
    });
    child.once("exit", (code) => resolve(code ?? 128));
  });
}
