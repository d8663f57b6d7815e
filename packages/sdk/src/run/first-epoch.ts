import { readFileSync, writeFileSync } from "node:fs";
import type { KeptEpoch } from "../console/step-counter.js";

/**
 * Remembers in a file which epoch a run counts as 0, so that it goes on counting when it is joined again; see docs/formats/console-metrics.md.
 *
 * @param path - of the file
 * @returns what an earlier command of the run kept, and a way to keep it; without the file each command counts from its own first epoch
 */
export function firstEpochIn(path: string): KeptEpoch {
  return {
    value: readEpoch(path),
    keep(epoch) {
      try {
        writeFileSync(path, `${epoch}\n`, { mode: 0o600 });
      } catch {
        // A full disk: the run is recorded all the same.
      }
    },
  };
}

function readEpoch(path: string): number | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^-?\d+$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
