/** Blanks that keep a line together, and punctuation of East Asian text that has no ASCII character of the same shape; what separates becomes `;`, which stands in no number. */
const PUNCTUATION: Readonly<Record<string, string>> = {
  "\u00a0": " ",
  "\u2007": " ",
  "\u2009": " ",
  "\u202f": " ",
  "\u3000": " ",
  "\u3001": ";",
  "\u3002": ";",
  "\u3010": "[",
  "\u3011": "]",
  "\uff0c": ";",
};
const WIDE = /[\u00a0\u2007\u2009\u202f\u3000-\u3002\u3010\u3011\uff01-\uff5e]/;
/** `1 234,5` with a blank that does not break is one number: it is read as `1_234,5`. */
const THOUSANDS = /(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))/g;
const EVERY_WIDE = new RegExp(WIDE, "g");
/** From a full-width character to the ASCII one. */
const OFFSET = 0xfee0;

/**
 * @param text - one line
 * @returns it with ASCII for full-width punctuation, digits and letters and for blanks that do not break, each character in its place: `损失：０.５，` becomes `损失:0.5;`
 */
export function halfWidth(text: string): string {
  if (!WIDE.test(text)) return text;
  return text.replace(THOUSANDS, "_").replace(EVERY_WIDE, (wide) => PUNCTUATION[wide] ?? String.fromCharCode(wide.charCodeAt(0) - OFFSET));
}

/**
 * @param code - of a character
 * @returns whether it is a letter of a script that puts no blanks between words
 */
export function isIdeograph(code: number): boolean {
  return code >= 0x3040 && code < 0xff00;
}
