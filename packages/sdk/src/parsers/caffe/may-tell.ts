const SPACE = 0x20;
const HASH = 0x23;
const EQUALS = 0x3d;
const BRACKET = 0x5d;
/** Date, time and a space of the shorter glog prefix, `I1122 23:39:19.098261 `: nothing worth a look is in them. */
const PREFIX_BYTES = 21;

/** First letters of the messages that tell something: Iteration, Train/Test, Snapshotting, Optimization, Resuming/Restoring. */
const FIRST_LETTERS: ReadonlySet<number> = new Set(["I", "T", "S", "O", "R"].map((letter) => letter.charCodeAt(0)));

/**
 * Whether a line may be one of Caffe's that tell something. Most lines of a log are dumps of nets and solvers: they are told apart here
 * by their bytes, for a fifth of what decoding and matching would cost. Every line that tells something has a `#` or `=`, or starts with
 * one of few letters, in front or behind a prefix's `] `.
 *
 * @param bytes - a chunk of output
 * @param start - index of the line's first byte
 * @param end - index after its last byte
 * @returns false when it surely tells nothing
 */
export function mayTellCaffe(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  const second = bytes[start + 1] as number;
  const prefixed = second >= 0x30 && second <= 0x39;
  // A fatal message tells something whatever it says.
  if (first === 0x46 && prefixed) return true;
  if (!prefixed && FIRST_LETTERS.has(first as number)) return true;
  let firstPrefix = prefixed;
  for (let at = prefixed ? start + PREFIX_BYTES : start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === EQUALS || byte === HASH) return true;
    if (byte !== BRACKET || bytes[at + 1] !== SPACE) continue;
    // A prefix that is not the line's first thing: output of two programs in one line, to be read in full.
    if (!firstPrefix) return true;
    firstPrefix = false;
    at += 2;
    while (at < end && bytes[at] === SPACE) at += 1;
    if (at < end && FIRST_LETTERS.has(bytes[at] as number)) return true;
    at -= 1;
  }
  return false;
}
