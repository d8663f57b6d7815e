const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Finds one value without reading the others: of many texts with many values that takes a tenth of the time of reading all.
 *
 * @param text - JSON that `parseJsonText` reads
 * @param key - dotted key, as of `nodeAt`
 * @returns the value as it was written; `undefined` when there is no such key. Of a text that is not JSON it is any part, or nothing
 * @throws SyntaxError for an escape in a key that JSON does not have
 */
export function textAt(text: string, key: string): string | undefined {
  return mayHave(text, key) ? below(text, skipBlank(text, 0), key) : undefined;
}

/** Whatever its levels are, the last key ends like the dotted key, unless it is written with escapes, or is the index of a list. */
function mayHave(text: string, key: string): boolean {
  const last = key.slice(key.lastIndexOf(".") + 1);
  return text.includes(`${last}"`) || text.includes("\\") || /^\d+$/.test(last);
}

function below(text: string, start: number, key: string): string | undefined {
  const starts = childrenOf(text, start, key);
  const own = starts.get(key);
  if (own !== undefined) return text.slice(own, skipValue(text, own));
  for (let dot = key.indexOf("."); dot >= 0; dot = key.indexOf(".", dot + 1)) {
    const first = starts.get(key.slice(0, dot));
    const found = first === undefined ? undefined : below(text, first, key.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @returns where the children stand whose keys begin the dotted key; of several with the same key, the last one counts */
function childrenOf(text: string, start: number, key: string): Map<string, number> {
  const starts = new Map<string, number>();
  const opening = text.charCodeAt(start);
  if (opening !== OPEN && opening !== OPEN_LIST) return starts;
  for (let at = skipBlank(text, start + 1), index = 0; ; index++) {
    const code = text.charCodeAt(at);
    if (at >= text.length || code === CLOSE || code === CLOSE_LIST) return starts;
    let name = String(index);
    if (opening === OPEN) {
      const end = skipValue(text, at);
      name = text.slice(at + 1, end - 1);
      if (name.includes("\\")) name = JSON.parse(text.slice(at, end)) as string;
      // Behind the colon.
      at = skipBlank(text, skipBlank(text, end) + 1);
    }
    if (key.startsWith(name) && (key.length === name.length || key[name.length] === ".")) starts.set(name, at);
    at = skipBlank(text, skipValue(text, at));
    if (text.charCodeAt(at) === COMMA) at = skipBlank(text, at + 1);
  }
}

function skipBlank(text: string, from: number): number {
  let at = from;
  // Nothing that begins or ends a value comes before a blank.
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** @returns where a value ends */
function skipValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return skipString(text, start);
  let at = start;
  if (first !== OPEN && first !== OPEN_LIST) {
    for (let code = first; code > 0x20 && code !== COMMA && code !== CLOSE && code !== CLOSE_LIST; ) code = text.charCodeAt(++at);
    return at;
  }
  for (let depth = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    if (code === OPEN || code === OPEN_LIST) depth++;
    else if (code === CLOSE || code === CLOSE_LIST) depth--;
    at++;
    if (depth === 0) return at;
  }
  return at;
}

function skipString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    // A quotation mark behind an odd number of backslashes belongs to the string.
    if ((end - before) % 2 === 0) return end + 1;
  }
  return text.length;
}
