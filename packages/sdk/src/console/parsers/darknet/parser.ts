import type { Framework } from "../framework.js";
import type { Planned } from "../generic/form-memory.js";
import { FormParser, type Lines } from "../generic/form-parser.js";
import { digitsOf, locatedIn, type PlacedPlan, PlacedTeller, placed, silent } from "../generic/placed-plan.js";
import { isFixed } from "../generic/plan-line.js";
import { metricName } from "../metric-name.js";
import { NUMBER } from "../number.js";
import type { ValueSink } from "../parser.js";

/** `12: 202.37, 198.21 avg, 0.001 rate, 2.5 seconds, 768 images`, of AlexeyAB's fork `avg loss` and the hours left: the first value has no name. */
const STEP = new RegExp(
  String.raw`^ *(\d+): (${NUMBER}), (${NUMBER}) (avg(?: loss)?), (${NUMBER}) rate, (${NUMBER}) seconds, (\d+) images`,
  "d",
);
/** What the fork shows in the title of its window: `12/500: loss=136.5 map=0.52 best=0.61 hours left=1.5`. */
const TITLE = new RegExp(String.raw`(?:^|\s)(\d+)\/(\d+): loss=(${NUMBER})(?: map=(${NUMBER}))?.* hours left=`, "d");
/** `Region 82 Avg IOU: 0.1, Class: 0.4, ..., count: 2`; of the fork `... Region 82 Avg (IOU: 0.1, GIOU: 0.1), Class: ..., count: 2, class_loss = 0.5`. */
const REGION = /(?:^|\) |\s)Region(?: (\d+))? Avg (?=IOU: |\(IOU: )/d;
const PAIR = new RegExp(String.raw`([A-Za-z.][\w. ]*?)(?:: | = )(${NUMBER})`, "dg");
/** Lines beside these that no other trainer prints. */
const OTHER =
  /^(?:Loaded: [\d.]+ seconds| total_bbox = \d+, rewritten_bbox = |Learning Rate: [\d.]+, Momentum: [\d.]+, Decay: | ?\(next mAP calculation at | Tensor Cores are )/;

/** Darknet (pjreddie) and AlexeyAB's fork. */
export const darknet: Framework = {
  name: "darknet",
  create: (_, forms) => new FormParser(new DarknetLines(), forms),
  recognizes: (text) => STEP.test(text) || REGION.test(text) || TITLE.test(text) || OTHER.test(text),
};

class DarknetLines implements Lines<PlacedPlan> {
  readonly framework = "darknet";
  readonly #teller = new PlacedTeller();

  placeOf(): number {
    return 0;
  }

  plan(text: string): Planned<PlacedPlan> {
    const step = STEP.exec(text);
    if (step) {
      const names = ["loss", metricName(step[4] as string), "rate", "seconds", "images"];
      return this.#planOf(step, names, [2, 3, 5, 6, 7]);
    }
    const region = REGION.exec(text);
    if (region) return this.#region(text, region);
    const title = TITLE.exec(text);
    return title ? this.#planOf(title, ["loss", "map"], [3, 4], 2) : silent();
  }

  tell(plan: PlacedPlan | undefined, line: number, into: ValueSink): boolean {
    if (plan) this.#teller.tell(plan, line, into);
    return plan !== undefined;
  }

  #planOf(match: RegExpExecArray, names: readonly string[], groups: readonly number[], total = 0): Planned<PlacedPlan> {
    const values = groups.flatMap((group, index) => {
      const located = locatedIn(match, group);
      return located === undefined ? [] : [{ ...located, series: this.#teller.seriesOf(names[index] as string) }];
    });
    return placed({ values, step: locatedIn(match, 1), total: total === 0 ? undefined : locatedIn(match, total) });
  }

  /** A layer's values carry its number; the first key of the original has `Avg` in front, in the fork it stands outside the bracket. */
  #region(text: string, region: RegExpExecArray): Planned<PlacedPlan> {
    const [head, number] = region;
    const section = number === undefined ? "region" : `region_${number}`;
    const end = region.index + head.length;
    const digits = digitsOf(number ?? "", region.indices?.[1]?.[0]);
    const values = Array.from(text.slice(end).matchAll(PAIR), (pair, index) => {
      const key = pair[1] as string;
      const name = metricName(index === 0 && text[end] !== "(" ? `Avg ${key}` : key);
      const located = locatedIn(pair, 2, end);
      if (!isFixed(key)) digits.push(...digitsOf(key, end + (pair.indices?.[1]?.[0] ?? 0)));
      return located === undefined ? [] : [{ ...located, series: this.#teller.seriesOf(`${section}/${name}`) }];
    });
    return placed({ values: values.flat() }, digits);
  }
}
