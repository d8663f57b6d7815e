/**
 * @param program - name of the program that printed a line
 * @param first - name of the program that told the first value
 * @returns what tells the values of the one from those of the other: its number (`trainer-2` beside `trainer-1`), or else its name; undefined for the first itself
 */
export function rankOfProgram(program: string | undefined, first: string | undefined): string | undefined {
  if (program === undefined || first === undefined || program === first) return undefined;
  const ofFirst = first.match(/\d+/g);
  const differing = program.match(/\d+/g)?.filter((number, at) => number !== ofFirst?.[at]) ?? [];
  const isAlike = program.replace(/\d+/g, "0") === first.replace(/\d+/g, "0");
  return isAlike && differing.length === 1 ? differing[0] : program;
}
