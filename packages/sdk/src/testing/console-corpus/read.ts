import { MetricReader } from "../../console/parsers/metric-reader.js";
import type { Metric } from "../../console/parsers/parser.js";
import { createParsers } from "../../console/parsers/registry.js";

/**
 * Reads metrics of console output as `ava-sdk parse` does.
 *
 * @param bytes - the output
 * @param parser - what `--parser` takes
 * @param chunkBytes - size of the pieces that the reader gets
 * @returns the metrics in order
 * @throws Error where a parser fails
 */
export function readMetrics(bytes: Buffer, parser: string, chunkBytes: number = bytes.length): Metric[] {
  const reader = new MetricReader(createParsers({ parser }, { referenceTimeMs: 0 }), (problem) => {
    throw new Error(problem.message);
  });
  const items = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) items.push(...reader.write(bytes.subarray(at, at + chunkBytes)));
  return [...items, ...reader.end()].filter((item): item is Metric => "name" in item);
}
