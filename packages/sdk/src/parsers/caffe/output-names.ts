import { metricName } from "../metric-name.js";

/** Outputs of one net whose names are remembered; a net with more is read as well, but slower. */
const OUTPUTS_KEPT = 1000;

interface OutputName {
  bytes: Uint8Array;
  name: string;
}

/** Names of net outputs by their bytes: they come again with every display, so the one that came last under a number is most likely it. */
export class OutputNames {
  readonly #prefix: string;
  readonly #last: OutputName[] = [];

  /**
   * @param prefix - what stands before the names, `train/`
   */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /**
   * @param output - number of the output
   * @param bytes - where its name stands
   * @param start - index of the name's first byte
   * @param end - index after its last byte
   * @returns the metric name
   */
  nameOf(output: number, bytes: Uint8Array, start: number, end: number): string {
    const last = this.#last[output];
    if (last !== undefined && isSame(last.bytes, bytes, start, end)) return last.name;
    const copy = Buffer.from(bytes.subarray(start, end));
    const name = this.#prefix + metricName(copy.toString("utf8"));
    if (output < OUTPUTS_KEPT) this.#last[output] = { bytes: copy, name };
    return name;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index += 1) if (known[index] !== bytes[start + index]) return false;
  return true;
}
