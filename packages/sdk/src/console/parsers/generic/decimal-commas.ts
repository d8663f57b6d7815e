const POINT_DECIMALS = /\d\.\d/;
/** `1.234,5` */
const GROUPS_AND_COMMA = /(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+,\d+(?![\d.,])/g;
/** Behind a link, a word or a bar: a list of numbers goes on with another comma. */
const COMMA_DECIMALS = /(?:[=:]|[a-z|]\s)\s*-?(?:\d[\d_]*,(?:\d{1,2}|\d{4,})(?![\d,])|0,\d+(?!\d|,\d))/i;

/**
 * @param text - one line
 * @returns whether commas stand in front of decimals in its numbers
 */
export function hasDecimalCommas(text: string): boolean {
  if (!text.includes(",")) return false;
  const withoutGroups = text.replace(GROUPS_AND_COMMA, "0,5");
  return (withoutGroups !== text || COMMA_DECIMALS.test(text)) && !POINT_DECIMALS.test(withoutGroups);
}
