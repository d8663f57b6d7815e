/** Numbers with commas, of thousands or decimals. */
const WITH_COMMAS = /[\d.]*\d,[\d,.]*\d/g;
const THOUSANDS = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;

/**
 * @param message - a line without its prefix
 * @param base - index of its first character in the whole line
 * @returns indexes of the digits that numbers with separators of thousands begin with; undefined where a comma may be something else
 */
export function leadsOfThousands(message: string, base: number): number[] | undefined {
  const withCommas = [...message.matchAll(WITH_COMMAS)];
  return withCommas.every(([number]) => THOUSANDS.test(number)) ? withCommas.map(({ index }) => base + index) : undefined;
}
