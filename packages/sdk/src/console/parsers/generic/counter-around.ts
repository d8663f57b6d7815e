import type { CounterRole } from "./counter-word.js";
import type { Located } from "./located.js";
import type { PrintedNumber } from "./number-at.js";

/** Chinese measure words of ordinals: `第 3 轮`. */
const ROLES: Readonly<Record<string, CounterRole>> = {
  轮: "epoch",
  周期: "epoch",
  epoch: "epoch",
  批: "batch",
  batch: "batch",
  步: "iteration",
  次: "iteration",
  step: "iteration",
  iter: "iteration",
  iteration: "iteration",
  回合: "episode",
  局: "episode",
  代: "step",
  折: "ignored",
};
const ORDINAL = /第 *$/;
/** `3/10 轮` */
const OF_TOTAL = /^ *(轮|周期|批|步|次|回合|局|代)(?![次期代数])/;
const MEASURED =
  / *(?:个 *)?(轮|周期|批|步|次|回合|局|代|折|epoch|batch|step|iter(?:ation)?)次?(?:迭代|训练|更新)?(?![a-z])(?: *[/;,(] *共 *(\d+) *(?:轮|周期|批|步|次|回合|局|代)?\)?)?/diy;

/** A counter whose words stand around its number. */
export interface CounterAround {
  role: CounterRole;
  /** `第 3 轮（共 10 轮）`: the 10. */
  of: Located | undefined;
  /** Index behind all of it. */
  end: number;
}

/**
 * @param text - one line
 * @param number - in it
 * @returns the counter that it is as an ordinal
 */
export function counterAround(text: string, { start, end, isInteger, of: total, ofAt }: PrintedNumber): CounterAround | undefined {
  if (!isInteger) return undefined;
  if (total !== undefined) {
    const [whole = "", word] = OF_TOTAL.exec(text.slice(end, end + 6)) ?? [];
    return word === undefined ? undefined : { role: ROLES[word] as CounterRole, of: { value: total, at: ofAt }, end: end + whole.length };
  }
  if (!ORDINAL.test(text.slice(Math.max(0, start - 4), start))) return undefined;
  MEASURED.lastIndex = end;
  const match = MEASURED.exec(text);
  const role = match && ROLES[(match[1] as string).toLowerCase()];
  if (match === null || role == null) return undefined;
  const at = match.indices?.[2]?.[0];
  return { role, of: at === undefined ? undefined : { value: Number(match[2]), at }, end: MEASURED.lastIndex };
}
