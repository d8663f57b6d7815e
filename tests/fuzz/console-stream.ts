import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { trainerOutput } from "./console-text.js";

const PROGRAM = fileURLToPath(new URL("../programs/read-console.mjs", import.meta.url));

/** What a process that read much output in one stream says of it. */
export interface Streamed {
  bytes: number;
  values: number;
  /** After each tenth of the output, garbage collected. */
  heapBytes: number[];
  /** Parsers that were disabled. */
  disabled: number;
}

/**
 * Streams changed output of trainers through one reader, in a process of its own.
 *
 * @param options - how much, regexes of the user, and when the process is killed
 * @returns what it says
 * @throws Error where it fails or does not end in time
 */
export function streamConsole({
  megabytes,
  metrics,
  limitMs,
}: {
  megabytes: number;
  metrics: readonly string[];
  limitMs: number;
}): Streamed {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-fuzz-"));
  try {
    for (const [index, text] of trainerOutput.entries()) writeFileSync(path.join(folder, `${index}.txt`), text);
    const command = ["--expose-gc", PROGRAM, String(megabytes), folder, ...metrics];
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, command, {
      encoding: "utf8",
      timeout: limitMs,
      killSignal: "SIGKILL",
    });
    if (status !== 0) throw new Error(`reading ended with ${status ?? signal}: ${stderr}`);
    return JSON.parse(stdout) as Streamed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
