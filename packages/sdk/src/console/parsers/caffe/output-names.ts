import type { Labels } from "ava-protocol";
import { metricName } from "../metric-name.js";

/** Outputs of one net whose names are remembered; a net with more is read as well, but slower. */
const OUTPUTS_KEPT = 1000;

/** A net output as a series. */
export interface OutputSeries {
  name: string;
  /** Shared by all metrics of the series. */
  labels: Labels;
}

interface Known extends OutputSeries {
  bytes: Uint8Array;
  net: string | undefined;
}

/** Names of net outputs by their bytes: they come again with every display, so the one that came last under a number is most likely it. */
export class OutputNames {
  readonly #prefix: string;
  readonly #last: Known[] = [];

  /**
   * @param prefix - what stands before the names, `train/`
   */
  constructor(prefix: string) {
    this.#prefix = prefix;
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
    if (last !== undefined && last.net === net && isSame(last.bytes, bytes, start, end)) return last;
    const copy = Buffer.from(bytes.subarray(start, end));
    const known = { bytes: copy, net, ...outputSeries(this.#prefix, copy.toString("utf8"), String(output), net) };
    if (output < OUTPUTS_KEPT) this.#last[output] = known;
    return known;
  }
}

/**
 * @param prefix - `train/` or `test/`
 * @param printed - the output's name
 * @param output - its number
 * @param net - number of the test net, where known
 * @returns the series
 */
export function outputSeries(prefix: string, printed: string, output: string, net: string | undefined): OutputSeries {
  return { name: prefix + metricName(printed), labels: net === undefined ? { output } : { net, output } };
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index += 1) if (known[index] !== bytes[start + index]) return false;
  return true;
}
