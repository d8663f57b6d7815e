/** Escapes of which nothing stands for itself, and that no more characters belong to. */
const CLASSES = "dDwWsSbBnrtfv";
const QUANTIFIER = /[?*+]\??|\{(\d+)(?:,\d*)?\}\??/y;
const GROUP_START = /\((?:\?:|\?<(?![=!])[^>]*>)?(?!\?)/y;

/**
 * Finds a text that is in every match of a regex, so that lines without it need not be matched.
 *
 * @param source - of a regex without the flag `i`
 * @returns the longest such text of ASCII; undefined where none is found, which says nothing of the regex
 */
export function requiredText(source: string): string | undefined {
  const found = new Finder(source).sequence(0);
  if (found === undefined || found.end !== source.length) return undefined;
  return found.texts.toSorted((a, b) => b.length - a.length)[0];
}

interface Sequence {
  texts: string[];
  /** Index of what ends it: the end of the source, or a closing bracket. */
  end: number;
}

/** Reads a regex as far as it is plain; gives up where it is not. */
class Finder {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  /** Texts of a sequence of atoms; undefined where it is not understood. Of alternatives no text is required. */
  sequence(start: number): Sequence | undefined {
    const source = this.#source;
    const texts: string[] = [];
    let hasAlternatives = false;
    let text = "";
    const close = (): void => {
      if (text !== "") texts.push(text);
      text = "";
    };
    let at = start;
    while (at < source.length && source[at] !== ")") {
      const char = source[at] as string;
      if (char === "|" || char === "^" || char === "$") {
        hasAlternatives ||= char === "|";
        close();
        at += 1;
        continue;
      }
      let atom = "";
      let inner: readonly string[] = [];
      if (char === "(") {
        const group = this.#group(at);
        if (group === undefined) return undefined;
        inner = group.texts;
        at = group.end + 1;
      } else if (char === "[") {
        at = this.#classEnd(at);
        if (at < 0) return undefined;
      } else if (char === "\\") {
        const escaped = source[at + 1] ?? "";
        if (/\w/.test(escaped) && !CLASSES.includes(escaped)) return undefined;
        atom = /\w/.test(escaped) ? "" : escaped;
        at += 2;
      } else {
        if ("*+?{}]".includes(char)) return undefined;
        atom = char === "." ? "" : char;
        at += 1;
      }
      if (atom > "\u007e") atom = "";
      QUANTIFIER.lastIndex = at;
      const quantifier = QUANTIFIER.exec(source);
      if (quantifier === null) {
        if (atom === "") close();
        text += atom;
        texts.push(...inner);
        continue;
      }
      at = QUANTIFIER.lastIndex;
      const [sign, least = sign.startsWith("+") ? "1" : "0"] = quantifier;
      if (Number(least) > 0) {
        text += atom;
        texts.push(...inner);
      }
      close();
    }
    close();
    return { texts: hasAlternatives ? [] : texts, end: at };
  }

  /** Of a group that is matched where it stands; others, such as those that look behind, are not understood. */
  #group(at: number): Sequence | undefined {
    GROUP_START.lastIndex = at;
    if (!GROUP_START.test(this.#source)) return undefined;
    const found = this.sequence(GROUP_START.lastIndex);
    return found !== undefined && this.#source[found.end] === ")" ? found : undefined;
  }

  #classEnd(start: number): number {
    for (let at = start + 1; at < this.#source.length; at += 1) {
      const char = this.#source[at];
      if (char === "[") return -1;
      if (char === "\\") at += 1;
      else if (char === "]") return at + 1;
    }
    return -1;
  }
}
