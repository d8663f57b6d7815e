/** Most characters that are shown on each side of the place. */
const SHOWN_CHARS = 60;
/** Longer ones are not searched: each beginning is compiled. */
const MOST_CHARS = 2000;

/**
 * Shows where a text stops being a regular expression, which the engine does not tell.
 *
 * @param pattern - that `isRegex` refuses
 * @param isRegex - whether a text can be compiled
 * @returns two lines, the second with a `^` below the place; empty for a pattern that is too long to look
 */
export function markPlace(pattern: string, isRegex: (source: string) => boolean): string {
  if (pattern.length > MOST_CHARS) return "";
  const place = placeOf(pattern, isRegex);
  const start = Math.max(0, place - SHOWN_CHARS);
  const lead = start > 0 ? "..." : "";
  const shown = pattern.slice(start, place + SHOWN_CHARS);
  const rest = place + SHOWN_CHARS < pattern.length ? "..." : "";
  return `\n  ${lead}${shown.replaceAll(/\p{C}/gu, " ")}${rest}\n  ${" ".repeat(lead.length + place - start)}^`;
}

/** The longest beginning that is a regex, once what is open in it is closed, ends before the place. */
function placeOf(pattern: string, isRegex: (source: string) => boolean): number {
  for (let end = pattern.length; end > 0; end--) {
    const open = openIn(pattern.slice(0, end));
    if (open === undefined || !isRegex(pattern.slice(0, end) + open.closers)) continue;
    // What fails is then that it is not closed.
    return end === pattern.length ? (open.places.at(-1) ?? end) : end;
  }
  return 0;
}

/** @returns what closes the groups and classes of a regex, and where they begin; `undefined` where it ends with half an escape */
function openIn(source: string): { closers: string; places: number[] } | undefined {
  const groups: number[] = [];
  let classAt: number | undefined;
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (char === "\\") {
      at += 1;
      if (at === source.length) return undefined;
    } else if (classAt !== undefined) {
      if (char === "]") classAt = undefined;
    } else if (char === "[") classAt = at;
    else if (char === "(") groups.push(at);
    else if (char === ")") groups.pop();
  }
  const closers = (classAt === undefined ? "" : "]") + ")".repeat(groups.length);
  return { closers, places: classAt === undefined ? groups : [...groups, classAt] };
}
