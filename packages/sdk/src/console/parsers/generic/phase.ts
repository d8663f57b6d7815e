import type { Phase } from "../parser.js";

const PHASES: Readonly<Record<string, Phase>> = {
  train: "train",
  training: "train",
  learn: "train",
  trn: "train",
  val: "val",
  valid: "val",
  vali: "val",
  vld: "val",
  validation: "val",
  validate: "val",
  validating: "val",
  eval: "val",
  evaluation: "val",
  evaluate: "val",
  evaluating: "val",
  dev: "val",
  test: "test",
  testing: "test",
  tst: "test",
  训练: "train",
  训练集: "train",
  验证: "val",
  验证集: "val",
  校验: "val",
  校验集: "val",
  评估: "val",
  开发集: "val",
  测试: "test",
  测试集: "test",
  学習: "train",
  訓練: "train",
  検証: "val",
  評価: "val",
  テスト: "test",
  훈련: "train",
  학습: "train",
  검증: "val",
  테스트: "test",
};

/** The same within names of a script without blanks: `验证集准确率`. */
const IN_NAME = /训练|验证|校验|评估|开发集|测试|学習|訓練|検証|評価|テスト|훈련|학습|검증|테스트/;

/** A phase, or a data set named after one (`valid_1`, `eval_b`, `test0`). */
const SET = /^([a-z]+)(?:_[a-z0-9]+|\d+)?$/;

/** Nouns that `training` belongs to as in `training time`: what it costs to train is not a metric of the phase. */
const OF_TRAINING = /^(?:time|cost|speed|throughput|runtime|duration|latency|iterations?|steps?|samples?)\b/;

/**
 * @param word - one word, any case
 * @returns the phase that it names; undefined where it names none
 */
export function phaseOfWord(word: string): Phase | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(PHASES, lower) ? PHASES[lower] : undefined;
}

/**
 * @param word - one word, any case
 * @returns the phase of a data set with that name (`valid_1`, `test0`); undefined where it does not start with a phase
 */
export function phaseOfSet(word: string): Phase | undefined {
  return phaseOfWord(SET.exec(word.toLowerCase())?.[1] ?? word);
}

/**
 * @param name - name of a metric
 * @returns the phase that it says at its start, at its end or behind `best`, `epoch`, `avg` or `mean`
 */
export function phaseOfName(name: string): Phase | undefined {
  const words = name.split(/[^a-z]+/).filter((word) => word !== "");
  const first = /^(?:best|epoch|avg|mean)$/.test(words[0] ?? "") ? words[1] : words[0];
  return phaseOfWord(first ?? "") ?? phaseOfWord(words.at(-1) ?? "") ?? phaseOfWord(IN_NAME.exec(name)?.[0] ?? "");
}

/**
 * Puts the phase or data set that a printed key begins or ends with in front (`val loss`, `Train-accuracy`, `valid_1's auc`, `BCER train`).
 *
 * @param key - the key as printed
 * @returns the key, phase and rest joined by a slash where it has both
 */
export function withPhaseInFront(key: string): string {
  const possessive = /^(.+)'s (.+)$/.exec(key);
  if (possessive) return `${possessive[1]}/${possessive[2]}`;
  const dashed = /^(\w+)-(.+)$/.exec(key);
  if (dashed && phaseOfSet(dashed[1] as string)) return `${dashed[1]}/${dashed[2]}`;
  const space = key.search(/\s/);
  if (space === -1) return key;
  const first = key.slice(0, space).replace(/\.$/, "");
  const rest = key
    .slice(space)
    .trim()
    .replace(/^set\s+(?=\S)/i, "");
  if (!/\w{2}/.test(rest)) return key;
  if (phaseOfSet(first))
    return /^(?:training|evaluation|testing)$/i.test(first) && OF_TRAINING.test(rest.toLowerCase()) ? key : `${first}/${rest}`;
  const last = key.slice(key.lastIndexOf(" ") + 1);
  if (/\s(?:while|during|of|for|in|on|after|before|de|del|da|di|du|f\u00fcr)$/i.test(key.slice(0, -last.length).trimEnd())) return key;
  return phaseOfWord(last) ? `${last}/${key.slice(0, -last.length).trim()}` : key;
}
