import { closeSync } from "node:fs";

/**
 * Ends the process. Node.js puts terminals back as it found them when it exits, and aborts where a terminal is gone; descriptors that were closed it leaves
 * alone.
 *
 * @param exitCode - of the command
 */
export function exitFromTerminal(exitCode: number): never {
  for (const fd of [0, 1, 2]) {
    try {
      closeSync(fd);
    } catch {
      // Closed already.
    }
  }
  process.exit(exitCode);
}
