import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isEventFile } from "./find-event-files.js";

/** Of the flags of open(2): what is written. */
const WRITE_FLAGS = 0o3;

/** @param pid - of a process of ours @returns paths of the event files that it has open to write */
export function openEventFiles(pid: string): string[] {
  return descriptorsOf(pid).flatMap((descriptor) => {
    const path = targetOf(`/proc/${pid}/fd/${descriptor}`);
    return path.startsWith("/") && isEventFile(path) && isWritten(pid, descriptor) ? [path] : [];
  });
}

function descriptorsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    // Gone, or not ours to look into.
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // Closed by now.
    return "";
  }
}

/** A TensorBoard that the command started reads them. */
function isWritten(pid: string, descriptor: string): boolean {
  try {
    const [, flags = "0"] = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & WRITE_FLAGS) !== 0;
  } catch {
    return false;
  }
}
