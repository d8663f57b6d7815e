import { metricName } from "../metric-name.js";
import { counterWord } from "./counter-word.js";
import { kindOf } from "./words.js";

/** Words behind which a key begins, in front of `=` and `:`: `stopped with loss = 3`. */
const BOUNDARY = /^(?:.*\s)?(?:with|gave|has|at|after|is|was|got|for|on|in|reached|to|from|than)\s+(?=\S\S)/is;
/** Of a key between blanks, a sentence or a missing value that ends in front of it. */
const SENTENCE = /^.*(?:[!?]\s+|(?:\w{5}|[A-Z]{3})\.\s+(?=[A-Z])|[a-z]{6}\.\s+|\b(?:None|N\/A|n\/a)\s+)(?=\S)/s;
/** `val_acc: 0.9 (best) @ epoch 3` */
const OF_BEST = /^\(best\)\s*@\s*(?=epoch$)/i;
const ARTICLE = /^(?:[Aa]nd\s+)?(?:[Tt]he|[Oo]f|an?)\s+(?=\S)/;
/** `Threshold for accuracy: 0.5` */
const PARAMETER_FOR = /^(?:\w+ )?(?:threshold|weight|target|limit|margin|tolerance) for\b/i;
const LAST_WORD = /\s*\S+$/;
/** `Epoch 3 done. loss=0.5` */
const ENDED = /^(?:\w+ ){0,3}(?:done|finished|completed?|ended|over)\b[.,:;!]*\s+(?=\S)/i;

/** A key that is being found. */
export interface FoundKey {
  key: string;
  /** How the number hangs on it. */
  link: string;
  /** What a counter's words began with. */
  measure: string;
}

/**
 * Cuts off what is not of a key: dashes and bullets, numbers, and words of a sentence in front of it.
 *
 * @param found - told the key
 * @param printed - the key with what stands around it
 */
export function trimKey(found: FoundKey, printed: string): void {
  // `(best: 0.5 @epoch 10)`
  if (printed.trimStart().startsWith("@") || PARAMETER_FOR.test(printed.trimStart())) return;
  // `-DLOSS=0.5`, `--lr=0.1`
  if (found.link === "=" && /(?:^|\s)--?[A-Za-z][\w-]*$/.test(printed)) return;
  const bare = printed
    .trim()
    .replace(SENTENCE, "")
    .replace(ENDED, "")
    .replace(OF_BEST, "")
    .replace(/^(?:\.{2,}|[-*>#~+!?@&$%/\\\s\p{Extended_Pictographic}\ufe0f])+(?=\S)/u, "")
    .replace(/^(?:\d+|\d[\d.]*\w*\/\d\S*|[kM]?Hz|DEBUG|INFO|WARN(?:ING)?)\s+/, "");
  const behind = bare.replace(BOUNDARY, "");
  const head = behind === bare ? "" : bare.slice(0, -behind.length).trim().replace(LAST_WORD, "");
  const last = found.link === "=" ? (/\S+$/.exec(bare)?.[0] ?? "") : "";
  const isMeasure = head !== "" && kindOf(metricName(head)) === "strong";
  if (counterWord(behind, false) !== undefined) {
    found.key = behind;
    if (isMeasure) found.measure = head.replace(ARTICLE, "");
  } else if (last !== bare && counterWord(last, false) !== undefined) {
    found.key = last;
    // `Loss for final step` is a key as a whole, `stopped with loss` is not.
  } else found.key = found.link === " " || isMeasure ? bare : behind;
  // `Epoch 0 CV info cv_loss 95.1`
  if (found.link === " ") found.key = found.key.replace(/^.*\b(?:info|stats|metrics)\s+(?=\S)/i, "");
  if (found.link === " " && / [a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(found.key) && !/_.* /.test(found.key))
    found.key = found.key.replace(/^.* /, "");
  found.key = found.key
    .replace(/^[的の]|(?:为|是|は|が)$/g, "")
    .replace(/\s(?:is|was|are|were)$/, "")
    .replace(/^\.\s+/, "")
    .replace(ARTICLE, "")
    .trim();
}
