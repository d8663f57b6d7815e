/** 1: digit, 2: letter or another byte of a word, 3: tab or pipe. */
export const KIND: Uint8Array = new Uint8Array(256);
KIND.fill(2, 0x80);
KIND.fill(1, 0x30, 0x3a);
KIND.fill(2, 0x41, 0x5b);
KIND.fill(2, 0x61, 0x7b);
KIND[0x5f] = 2;
KIND[0x40] = 2;
KIND[0x09] = 3;
KIND[0x7c] = 3;

/** Whether a word goes on behind a byte: of those that are not of a word themselves, `-`, `.`, `'`, `+` may stand in one. */
export const KEEPS_WORD: Uint8Array = new Uint8Array(256);
for (const byte of [0x2d, 0x2e, 0x27, 0x2b]) KEEPS_WORD[byte] = 1;
for (let digit = 0x30; digit < 0x3a; digit += 1) KEEPS_WORD[digit] = 1;

/** @param line - bytes of a line @returns 1 for each digit that stands in no word: lines of the same form may have another there */
export function isFree(line: Uint8Array): Uint8Array {
  let isInWord = false;
  return line.map((byte) => {
    const kind = KIND[byte] as number;
    if (kind === 1) return isInWord ? 0 : 1;
    isInWord = kind === 2 || (isInWord && KEEPS_WORD[byte] === 1);
    return 0;
  });
}
