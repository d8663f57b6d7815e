const SPACE = 0x20;
const BRACKET = 0x5d;
const CAPITAL_F = 0x46;
/** Date, time and a space of the shorter glog prefix, `I1122 23:39:19.098261 `: nothing worth a look is in them. */
const PREFIX_BYTES = 21;

/** First letters of the messages that tell something: Iteration, Train/Test, Snapshotting, Optimization, Resuming/Restoring. */
const FIRST_LETTERS = tableOf("ITSOR");
/** Where the scan of a line stops to look. */
const STOPS = tableOf("=#]");

/**
 * Whether a line may be one of Caffe's that tell something. Most lines of a log are dumps of nets and solvers: they are told apart here
 * by their bytes, for a fraction of what decoding and matching would cost. Every line that tells something has a `#` or `=`, or starts
 * with one of few letters, in front or behind a prefix's `] `.
 *
 * @param bytes - a chunk of output
 * @param start - index of the line's first byte
 * @param end - index after its last byte
 * @returns false when it surely tells nothing
 */
export function mayTellCaffe(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const first = bytes[start] as number;
  const second = bytes[start + 1] as number;
  const prefixed = second >= 0x30 && second <= 0x39;
  // A fatal message tells something whatever it says.
  if (prefixed ? first === CAPITAL_F : FIRST_LETTERS[first] === 1) return true;
  let firstPrefix = prefixed;
  for (let at = prefixed ? start + PREFIX_BYTES : start; at < end; at += 1) {
    if (STOPS[bytes[at] as number] === 0) continue;
    if (bytes[at] !== BRACKET) return true;
    if (bytes[at + 1] !== SPACE) continue;
    // A prefix that is not the line's first thing: output of two programs in one line, to be read in full.
    if (!firstPrefix) return true;
    firstPrefix = false;
    at += 2;
    while (at < end && bytes[at] === SPACE) at += 1;
    if (at < end && FIRST_LETTERS[bytes[at] as number] === 1) return true;
    at -= 1;
  }
  return false;
}

function tableOf(letters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const letter of letters) table[letter.charCodeAt(0)] = 1;
  return table;
}
