const { indexOf } = Buffer.prototype;

/**
 * Finds a byte, as `bytes.indexOf` of a buffer would: looking the method up costs half as much as the search of a line does, since V8 does not
 * remember where in the prototypes of buffers it is.
 *
 * @param bytes - a chunk of output, as buffer or array
 * @param byte - what is looked for
 * @param from - index to begin at
 * @returns its index; -1 where there is none
 */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number): number {
  return indexOf.call(bytes, byte, from);
}
