import { readdirSync, readFileSync } from "node:fs";

/**
 * @param token - of a tap, in the environment of the command and all that it started
 * @returns whether one of them lives; where that cannot be seen, none
 */
export function isCarriedOn(token: string): boolean {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    // Not Linux.
    return false;
  }
  return names.some((name) => Number(name) > 0 && Number(name) !== process.pid && environmentOf(name).includes(token));
}

function environmentOf(pid: string): Buffer {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    // Gone, or of another user.
    return Buffer.alloc(0);
  }
}
