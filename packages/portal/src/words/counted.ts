/**
 * @param count - as it is shown
 * @param one - what is counted, of which the plural ends in `s`
 * @returns both, in English: `1 point`, `2 points`
 */
export function counted(count: string, one: string): string {
  return `${count} ${one}${count === "1" ? "" : "s"}`;
}
