import { readdirSync, readFileSync } from "node:fs";

/** Of Linux: times of processes are counted in hundredths of a second. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  parent: number;
  seconds: number;
}

/** @returns seconds that processors worked for a process, for those that it started, and for those of them that have ended; NaN where there is no `/proc` */
export function processorSeconds(pid: number): number {
  const all = readAll();
  if (all.size === 0) return Number.NaN;
  let seconds = 0;
  for (const [one, times] of all) {
    let at = one;
    while (at !== pid && all.has(at)) at = all.get(at)!.parent;
    if (at === pid) seconds += times.seconds;
  }
  return seconds;
}

function readAll(): Map<number, ProcessTimes> {
  const all = new Map<number, ProcessTimes>();
  let names: string[] = [];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return all;
  }
  for (const name of names) {
    try {
      const text = readFileSync(`/proc/${name}/stat`, "utf8");
      // The name of the program, in brackets, may hold blanks: state and parent come behind it.
      const fields = text
        .slice(text.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0);
      all.set(Number(name), { parent: fields[1]!, seconds: ticks / TICKS_PER_SECOND });
    } catch {
      // It has ended meanwhile.
    }
  }
  return all;
}
