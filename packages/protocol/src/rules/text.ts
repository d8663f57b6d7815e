/** Half a character: UTF-8 has no bytes for it, so a text with one is not what is read back. */
export const LONE_SURROGATE: RegExp = /\p{Cs}/u;
const CONTROL = /\p{Cc}/u;

/**
 * Says why a text cannot be a name: names are keys of the store and parts of addresses, so each must come back as it went in.
 *
 * @param text - what is to be used as a name, of any type
 * @param maxChars - most code points
 * @returns what is wrong, to stand behind the name of the thing ("is empty"); `undefined` when it can be a name
 */
export function whyNotName(text: unknown, maxChars: number): string | undefined {
  return text === "" ? "is empty" : whyNotLine(text, maxChars);
}

/**
 * As {@link whyNotName} for what may also be empty: the value of a label.
 *
 * @param text - of any type
 * @param maxChars - most code points
 * @returns what is wrong, or `undefined`
 */
export function whyNotLine(text: unknown, maxChars: number): string | undefined {
  if (typeof text !== "string") return "is not text";
  if (isLonger(text, maxChars)) return `has more than ${maxChars} characters`;
  if (LONE_SURROGATE.test(text)) return "has half of a character in it (a lone surrogate)";
  if (CONTROL.test(text)) return "has a control character in it";
  return undefined;
}

/** Code points are what Python 3 counts, and what a person counts; the length of a JavaScript string is not. */
function isLonger(text: string, maxChars: number): boolean {
  if (text.length <= maxChars) return false;
  return text.length > 2 * maxChars || [...text].length > maxChars;
}

/**
 * Makes one line of a text that is shown on terminals: control characters could move the cursor, change colours or pretend to be our own words.
 *
 * @param text - from any client
 * @returns it with a space for each run of control characters, without spaces around it and without halves of characters
 */
export function plainLine(text: string): string {
  return text
    .replaceAll(/\p{Cs}/gu, "\u{fffd}")
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim();
}
