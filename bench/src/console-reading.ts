import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { createParsers, MetricReader } from "ava-sdk/parsers";

const BYTES = 100_000_000;

/** Prints a file over and over, as fast as the pipe takes it. Arguments: file, bytes. */
const PRINTER = `
const { readFileSync, writeSync } = require("node:fs");
const log = readFileSync(process.argv[1]);
const block = Buffer.concat(Array(Math.ceil(1e6 / log.length)).fill(log));
for (let left = Number(process.argv[2]); left > 0; left -= block.length) {
  for (let at = 0; at < block.length; ) at += writeSync(1, block, at);
}`;

/** Reads the stream to its end; returns how much it found, so that none can win by finding nothing. */
export type Reader = (stream: Readable) => Promise<number>;

/**
 * Reads a stream away.
 *
 * @param stream - of a pipe
 * @returns number of its bytes
 */
export async function sink(stream: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += (chunk as Buffer).length;
  return bytes;
}

/**
 * @param parser - what `--parser` takes
 * @returns what reads metrics as `ava-sdk run` does
 */
export function metricsBy(parser: string): Reader {
  return async (stream) => {
    let values = 0;
    const reader = new MetricReader(createParsers({ parser }, { referenceTimeMs: Date.now() }), (problem) => {
      throw new Error(problem.message);
    });
    stream.on("data", (chunk: Buffer) => {
      values += reader.writeColumns(chunk).length;
    });
    await new Promise((resolve) => stream.once("end", resolve));
    return values;
  };
}

/**
 * Prints a file over and over into a pipe and reads it.
 *
 * @param file - the text
 * @param reader - reads it in this process
 * @returns megabytes for a second of this process's CPU time, which neighbours on the machine disturb least; and what the reader found
 */
export async function measure(file: string, reader: Reader): Promise<{ megabytesPerSecond: number; found: number }> {
  const child = spawn(process.execPath, ["-e", PRINTER, file, String(BYTES)], { stdio: ["ignore", "pipe", "inherit"] });
  // Starting the child is not what is measured.
  await new Promise((resolve) => child.stdout.once("readable", resolve));
  const before = process.cpuUsage();
  const found = await reader(child.stdout);
  const { user, system } = process.cpuUsage(before);
  return { megabytesPerSecond: BYTES / (user + system), found };
}
