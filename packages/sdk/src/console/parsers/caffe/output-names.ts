import type { Labels } from "ava-protocol";
import { metricName } from "../metric-name.js";
import type { Series } from "../parser.js";

/** Outputs of one net whose names are remembered; a net with more is read as well, but slower. */
const OUTPUTS_KEPT = 1000;

/** A net output as a series. */
export interface OutputSeries extends Series {
  readonly phase: "train" | "test";
  readonly labels: Labels;
}

interface Known {
  bytes: Uint8Array;
  net: string | undefined;
  series: OutputSeries;
}

/** Names of net outputs by their bytes: they come again with every display, so the one that came last under a number is most likely it. */
export class OutputNames {
  readonly #phase: "train" | "test";
  readonly #last: Known[] = [];

  /**
   * @param phase - what the outputs are of
   */
  constructor(phase: "train" | "test") {
    this.#phase = phase;
  }

  /**
   * @param output - number of the output
   * @param net - number of the test net, where known
   * @param bytes - where its name stands
   * @param start - index of the name's first byte
   * @param end - index after its last byte
   * @returns the series
   */
  find(output: number, net: string | undefined, bytes: Uint8Array, start: number, end: number): OutputSeries {
    const last = this.#last[output];
    if (last !== undefined && last.net === net && isSame(last.bytes, bytes, start, end)) return last.series;
    const copy = Buffer.from(bytes.subarray(start, end));
    const series = outputSeries(this.#phase, copy.toString("utf8"), output, net);
    if (output < OUTPUTS_KEPT) this.#last[output] = { bytes: copy, net, series };
    return series;
  }
}

/**
 * @param phase - stands in front of the name
 * @param printed - the output's name
 * @param index - its number
 * @param net - number of the test net, where known
 * @returns the series
 */
export function outputSeries(phase: "train" | "test", printed: string, index: number, net: string | undefined): OutputSeries {
  const output = String(index);
  return { name: `${phase}/${metricName(printed)}`, phase, labels: net === undefined ? { output } : { net, output } };
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index += 1) if (known[index] !== bytes[start + index]) return false;
  return true;
}
