import { metricName } from "../metric-name.js";
import { counterWord } from "./counter-word.js";
import { type KeyBefore, keyBefore } from "./key-before.js";
import { isItem } from "./line-forms.js";
import type { PrintedNumber } from "./number-at.js";
import { phaseOfWord } from "./phase.js";
import { kindOf } from "./words.js";

/** The rest of a key behind a number in it, and the value. */
const IN_WORDS = /^ [a-z]+(?: [a-z]+){0,2} ?: *-?[\d.]/;
/** `ssim 2 is 0.8` */
const IS_BEHIND = /^ is -?\d/;
const WORDS_BEFORE_BRACKET = /([A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff/-]*(?: [A-Za-z][\w/-]*)* ?\()$/;
const BRACKET_BEHIND = /^ ?[a-z\u4e00-\u9fff]*\) ?[:=] *-?\d/;

/** Finds the keys of a line's numbers, those among them that have a number themselves: `recall@thr=0.5: 0.38`. */
export class OpenKey {
  readonly #text: string;
  /** Index of a key that goes on behind the number before; -1 where there is none. */
  #start = -1;

  /** @param text - one line without its prefix */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * @param number - of the line
   * @param from - index behind the item before
   * @returns what stands in front of the number; undefined where it belongs to the key of the next one
   */
  read(number: PrintedNumber, from: number): KeyBefore | undefined {
    const text = this.#text;
    const key = keyBefore(text, from, number.start);
    if (key.link === " " && key.key.endsWith(" of group")) return undefined;
    // `Accuracy of the network on the 10000 test images: 55 %`
    if (key.link === " " && number.isInteger && this.#start === -1 && IN_WORDS.test(text.slice(number.end, number.end + 40))) {
      if (/\s(?:of|on|the|over|for)\b/.test(key.key) && kindOf(metricName(key.key)) === "strong") {
        this.#start = text.lastIndexOf(key.key, number.start);
        return undefined;
      }
      if (from === 0 && isOfKey(key.key, text.slice(number.end))) {
        this.#start = text.indexOf(key.key);
        return undefined;
      }
    }
    if (
      key.link === " " &&
      number.isInteger &&
      key.key !== "" &&
      IS_BEHIND.test(text.slice(number.end, number.end + 8)) &&
      counterWord(key.key, false) === undefined
    ) {
      this.#start = text.lastIndexOf(key.key, number.start);
      return undefined;
    }
    const words = number.isInteger && key.lead.endsWith("(") ? openedOf(key.lead, text.slice(number.end, number.end + 24)) : undefined;
    if (words !== undefined) {
      this.#start = text.lastIndexOf(words, number.start);
      return undefined;
    }
    if (text[number.start - 1] === "(" && isArgument(key.key, text.slice(number.end, number.end + 8))) {
      this.#start = text.lastIndexOf(key.key, number.start);
      return undefined;
    }
    if (this.#start !== -1) {
      key.key = text.slice(this.#start, number.start).replace(/(?:[:=]| is)\s*$/, "");
      key.link = ":";
      this.#start = -1;
    } else if (key.link === "=" && key.key !== "" && /^: +-?[\d.]/.test(text.slice(number.end, number.end + 8))) {
      this.#start = text.lastIndexOf(key.key, number.start);
      return undefined;
    }
    return key;
  }
}

/**
 * `Content 1 loss: 0.5`: the number is of the key.
 *
 * @param key - in front of a whole number, first on the line
 * @param behind - text behind the number: words and a value
 * @returns whether both are one key
 */
function isOfKey(key: string, behind: string): boolean {
  if (!/^[A-Z][a-z]+$/.test(key) || isItem(key, behind) || /^(?:rank|gpu|worker|process|node)$/i.test(key)) return false;
  const words = /^ ([a-z ]+?) ?:/.exec(behind)?.[1] ?? "";
  return counterWord(key, true) === undefined && phaseOfWord(key) === undefined && kindOf(metricName(words)) === "strong";
}

/**
 * `Avg Reward (last 100 ep): 31.2`: the number in brackets is of the key.
 *
 * @param lead - what stands in front of the words in brackets
 * @param behind - text behind the number
 * @returns the words in front of the brackets; undefined where they are not such a key
 */
function openedOf(lead: string, behind: string): string | undefined {
  return BRACKET_BEHIND.test(behind) ? WORDS_BEFORE_BRACKET.exec(lead)?.[1] : undefined;
}

/**
 * `Avg(100): 31.2`: the number is of the key.
 *
 * @param key - in front of the bracket
 * @param behind - text behind the number
 * @returns whether both are one key
 */
function isArgument(key: string, behind: string): boolean {
  return /^\) ?[:=] *-?\d/.test(behind) && /^[A-Za-z][\w ]*$/.test(key) && counterWord(key, true) === undefined;
}
