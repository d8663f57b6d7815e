import { metricName } from "../metric-name.js";
import { phaseOfSet, phaseOfWord } from "./phase.js";
import { kindOf } from "./words.js";

const GROUP = /(?:^|[\s,;|])([A-Za-z]\w*)\[$|(?:^|[\s,;|])([A-Za-z]\w*):? \($/;
/** `score=(train=0.8, test=0.7)` */
const MEASURED = /([A-Za-z]\w*)=\($/;
/** An object begins, with its key, or one ends; or a value of another one. */
const BRACES = /(?:(?:["']?([A-Za-z][\w./@-]*)["']? ?(?:[:=]|=>) ?|:([a-z][\w-]*) ))?\{|\}/g;
/** Objects that only say that there is something in them. */
const WRAPPERS = /^(?:metrics?|results?|scores?|data|stats|logs?|values?|summary|output|info|record|payload|body|msg|message)$/i;

/** Objects of what was set, not measured. */
const PARAMETERS = /^(?:(?:hyper_?)?param(?:eter)?s?|h_?params|config|args|settings|options)$/i;

/** What is open around a key: brackets behind a word (`tot_loss[loss=0.25, ...]`) and objects, one in the other. */
export class Groups {
  /** Word in front of the bracket that stands open. */
  #word: string | undefined;
  /** What is measured in the bracket that stands open. */
  #measured: string | undefined;
  /** Names of the objects that are open; empty for those without one. */
  readonly #objects: string[] = [];

  /** @param lead - what stands between the item before and a key, or a number without one @param opener - brackets directly before that number */
  read(lead: string, opener: string): void {
    if (this.#word !== undefined && /[\])}]/.test(lead)) this.#word = undefined;
    const [, group, told] = GROUP.exec(lead + opener) ?? [];
    if (group !== undefined) this.#word = group;
    else if (told !== undefined && phaseOfSet(told) !== undefined) this.#word = told;
    const measured = MEASURED.exec(lead)?.[1];
    if (measured !== undefined || lead.includes(")")) this.#measured = measured;
    if (!lead.includes("{") && !lead.includes("}")) return;
    for (const [brace, linked, ofColon, name = linked ?? ofColon ?? ""] of lead.matchAll(BRACES)) {
      if (brace === "}") this.#objects.pop();
      else this.#objects.push(this.#objects.length > 0 || phaseOfSet(name) !== undefined || PARAMETERS.test(name) ? name : "");
    }
  }

  /** Whether an object of parameters is open. */
  get isOfParameters(): boolean {
    return this.#objects.some((name) => PARAMETERS.test(name));
  }

  /** @param closers - what stands behind a value */
  close(closers: string): void {
    if (!closers.includes("}")) return;
    this.#word = undefined;
    for (const char of closers) if (char === "}") this.#objects.pop();
  }

  /** What stands in front of the names of keys. */
  get section(): string | undefined {
    if (this.#word !== undefined) return this.#word;
    const names = this.#objects.filter((name) => name !== "" && !WRAPPERS.test(name));
    return names.length === 0 ? undefined : names.join("/");
  }

  /**
   * `"loss": {"train": 0.5, "val": 0.6}`: the keys are phases of what is measured.
   *
   * @param key - as printed
   * @returns it with what it measures behind it; from then on that does not belong to the section
   */
  keyOf(key: string): string {
    const measure = this.#measured ?? this.#objects.at(-1) ?? "";
    return phaseOfWord(key) !== undefined && kindOf(metricName(measure)) === "strong" ? `${key}/${measure}` : key;
  }
}
