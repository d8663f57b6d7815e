import type { Framework } from "../framework.js";
import type { Planned } from "../generic/form-memory.js";
import { FormParser, type Lines } from "../generic/form-parser.js";
import { digitsOf, locatedIn, type PlacedPlan, PlacedTeller, type PlacedValue, placed, silent } from "../generic/placed-plan.js";
import { metricName } from "../metric-name.js";
import { NUMBER } from "../number.js";
import type { ValueSink } from "../parser.js";

/** `LOG (nnet3-train[5.5.1~1-34cc]:PrintTotalStats():nnet-training.cc:348) `, older `LOG (nnet3-train:Function():file.cc:12) `. */
const PREFIX = /^(?:LOG|VLOG\[\d+\]|WARNING|ERROR|ASSERTION_FAILED) \([\w-]+(?:\[[^\]]*\])?:[\w:~]+\(\):[\w.-]+:\d+\) /;
/** `Overall average objective function for 'output' is -0.5 + -0.1 = -0.6 over 512000 frames.`: the value, a regulariser's part, their sum. */
const OBJECTIVE = new RegExp(
  String.raw`^((?:Overall a|A)verage [a-z][a-z -]*?)(?: for '([^']+)')?(?: for minibatches (\d+)-(\d+))? is (${NUMBER})(?: \+ ${NUMBER} = (${NUMBER}))? over `,
  "d",
);
/** `log-prob-per-frame=-0.51` behind words for scripts, `Did backprop on 4000 examples, average log-prob per frame is -1.2`. */
const FOR_SCRIPTS = new RegExp(String.raw`\] ?([a-z][a-z-]*)=(${NUMBER})\s*$`, "d");
const BACKPROP = new RegExp(String.raw`^Did backprop on \d+ examples, (average log-prob per frame) is (${NUMBER})`, "d");
/** nnet1: `AvgLoss: 2.05 (Xent), [AvgXent: 2.05, AvgTargetEnt: 0]`, `FRAME_ACCURACY >> 51.2% <<`. */
const AVERAGE_LOSS = new RegExp(String.raw`^AvgLoss: (${NUMBER})`, "d");
const FRAME_ACCURACY = new RegExp(String.raw`^FRAME_ACCURACY >> (${NUMBER})% <<`, "d");

/** Kaldi's neural network trainers (nnet1 to nnet3, chain), whose log is sentences. */
export const kaldi: Framework = {
  name: "kaldi",
  create: (_, forms) => new FormParser(new KaldiLines(), forms),
  recognizes: (text) => PREFIX.test(text),
};

class KaldiLines implements Lines<PlacedPlan> {
  readonly framework = "kaldi";
  readonly #teller = new PlacedTeller();

  placeOf(): number {
    return 0;
  }

  plan(text: string): Planned<PlacedPlan> {
    const prefix = PREFIX.exec(text)?.[0];
    if (prefix === undefined) return silent();
    const base = prefix.length;
    const message = text.slice(base);
    const objective = OBJECTIVE.exec(message);
    if (objective) return this.#objective(objective, base);
    const named = FOR_SCRIPTS.exec(message) ?? BACKPROP.exec(message);
    if (named) return placed({ values: this.#value(metricName(named[1] as string), named, 2, base) });
    const loss = AVERAGE_LOSS.exec(message);
    if (loss) return placed({ values: this.#value("avgloss", loss, 1, base) });
    const accuracy = FRAME_ACCURACY.exec(message);
    return accuracy ? placed({ values: this.#value("frame_accuracy", accuracy, 1, base) }) : silent();
  }

  tell(plan: PlacedPlan | undefined, line: number, into: ValueSink): boolean {
    if (plan) this.#teller.tell(plan, line, into);
    return plan !== undefined;
  }

  #objective(objective: RegExpExecArray, base: number): Planned<PlacedPlan> {
    const [, key = "", output] = objective;
    const name = output === undefined ? metricName(key) : `${metricName(key)}/${output.toLowerCase()}`;
    const values = [...this.#value(name, objective, 5, base), ...this.#value(`${name}/total`, objective, 6, base)];
    const digits = digitsOf(output ?? "", base + (objective.indices?.[2]?.[0] ?? 0));
    return placed({ values, batch: locatedIn(objective, 4, base) }, digits);
  }

  /** @returns none where the group is missing */
  #value(name: string, match: RegExpExecArray, group: number, base: number): PlacedValue[] {
    const located = locatedIn(match, group, base);
    return located === undefined ? [] : [{ ...located, series: this.#teller.seriesOf(name) }];
  }
}
