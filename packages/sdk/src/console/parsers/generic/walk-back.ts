import { isIdeograph } from "./full-width.js";

/**
 * Walks back over one key: up to a separator, an opening bracket, a section, the value of a key before.
 *
 * @param text - one line
 * @param from - index behind the number before
 * @param end - index behind the key
 * @returns index of the first character of the key, or of blanks in front of it
 */
export function walkBack(text: string, from: number, end: number): number {
  let depth = 0;
  let at = end;
  for (; at > from; at -= 1) {
    const char = text.charCodeAt(at - 1);
    if (char === 0x29) depth += 1;
    else if (char === 0x28) {
      if (depth === 0) break;
      depth -= 1;
    } else if (depth > 0) continue;
    else if (char === 0x20) {
      const before = text.charCodeAt(at - 2);
      if (at - 2 >= from && (before === 0x20 || before === 0x3a || before === 0x09)) break;
      if (before === 0x2d && /(?:^|\s)-{2,}$/.test(text.slice(Math.max(from, at - 12), at - 1))) break;
      if (at - 3 >= from && (before === 0x2d || before === 0x2f || before === 0x2a || before === 0x3e) && text.charCodeAt(at - 3) === 0x20)
        break;
    } else if (isSeparator(char)) break;
    else if (char === 0x3a && hasTightColon(text, at, end)) continue;
    else if (char === 0x3d || char === 0x3a) return afterWord(text, at, end);
  }
  // `(1/5) accuracy: 0.5`: the bracket was opened before.
  return depth > 0 ? text.lastIndexOf(")", end - 1) + 1 : at;
}

/** RETURNN: `cost:output 5.1`, where `mode:train loss` has its key behind. */
function hasTightColon(text: string, at: number, end: number): boolean {
  return (
    /^[a-z]+$/.test(text.slice(at, end)) && /(?:^|[\s,])[a-z_]+:$/.test(text.slice(Math.max(0, at - 16), at)) && /\s/.test(text[end] ?? "")
  );
}

/** `mode=train loss`: the key is what follows the value. */
function afterWord(text: string, at: number, end: number): number {
  if (isIdeograph(text.charCodeAt(at))) return at;
  const blank = text.indexOf(" ", at);
  return blank === -1 || blank >= end ? at : blank + 1;
}

function isSeparator(char: number): boolean {
  return (
    char === 0x2c ||
    char === 0x3b ||
    char === 0x7c ||
    char === 0x09 ||
    char === 0x5b ||
    char === 0x5d ||
    char === 0x7b ||
    char === 0x7d ||
    char === 0x3c ||
    char === 0x3e ||
    char === 0x22 ||
    // Dots between words, bars, pictures of shapes, frames of a spinner.
    char === 0xb7 ||
    char === 0x2022 ||
    (char >= 0x2500 && char <= 0x25ff) ||
    (char >= 0x2800 && char <= 0x28ff) ||
    // Dashes longer than a hyphen, arrows, angle quotes.
    (char >= 0x2012 && char <= 0x2015) ||
    (char >= 0x2190 && char <= 0x21ff) ||
    (char >= 0x2794 && char <= 0x27be) ||
    (char >= 0x27f0 && char <= 0x27ff) ||
    char === 0xbb ||
    char === 0x203a ||
    char === 0x276f
  );
}

/**
 * @param text - one line
 * @param from - index to stop at
 * @param start - index to begin at
 * @returns index behind the last character in front of it that is not blank
 */
export function backOverBlanks(text: string, from: number, start: number): number {
  let at = start;
  while (at > from && (text.charCodeAt(at - 1) === 0x20 || text.charCodeAt(at - 1) === 0x09)) at -= 1;
  return at;
}
