/** @param many - where it is not `one` with an s @returns a count and what is counted, in the singular or the plural */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
