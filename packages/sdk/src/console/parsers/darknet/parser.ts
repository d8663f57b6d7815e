import type { Framework } from "../framework.js";
import { metricName } from "../metric-name.js";
import { NUMBER, printedNumber } from "../number.js";
import type { Metric, ParsedItem, Parser } from "../parser.js";

/** `12: 202.37, 198.21 avg, 0.001 rate, 2.5 seconds, 768 images`, of AlexeyAB's fork `avg loss` and the hours left: the first value has no name. */
const STEP = new RegExp(
  String.raw`^ *(\d+): (${NUMBER}), (${NUMBER}) (avg(?: loss)?), (${NUMBER}) rate, (${NUMBER}) seconds, (\d+) images`,
);
/** What the fork shows in the title of its window: `12/500: loss=136.5 map=0.52 best=0.61 hours left=1.5`. */
const TITLE = new RegExp(String.raw`(?:^|\s)(\d+)\/(\d+): loss=(${NUMBER})(?: map=(${NUMBER}))?.* hours left=`);
/** `Region 82 Avg IOU: 0.1, Class: 0.4, ..., count: 2`; of the fork `... Region 82 Avg (IOU: 0.1, GIOU: 0.1), Class: ..., count: 2, class_loss = 0.5`. */
const REGION = /(?:^|\) |\s)Region(?: (\d+))? Avg (?=IOU: |\(IOU: )/;
const PAIR = new RegExp(String.raw`([A-Za-z.][\w. ]*?)(?:: | = )(${NUMBER})`, "g");
/** Lines beside these that no other trainer prints. */
const OTHER =
  /^(?:Loaded: [\d.]+ seconds| total_bbox = \d+, rewritten_bbox = |Learning Rate: [\d.]+, Momentum: [\d.]+, Decay: | ?\(next mAP calculation at | Tensor Cores are )/;

/** Darknet (pjreddie) and AlexeyAB's fork. */
export const darknet: Framework = {
  name: "darknet",
  create: () => new DarknetParser(),
  recognizes: (text) => STEP.test(text) || REGION.test(text) || TITLE.test(text) || OTHER.test(text),
};

class DarknetParser implements Parser {
  readonly framework = "darknet";

  feed(text: string, line: number): ParsedItem[] {
    const step = STEP.exec(text);
    if (step) return readStep(step, line);
    const region = REGION.exec(text);
    if (region) return readRegion(text.slice(region.index + region[0].length), region[1], line);
    const title = TITLE.exec(text);
    if (title === null) return [];
    const place = { step: Number(title[1]), total: Number(title[2]), line };
    const metrics: Metric[] = [{ name: "loss", value: printedNumber(title[3] as string), ...place }];
    if (title[4] !== undefined) metrics.push({ name: "map", value: printedNumber(title[4]), ...place });
    return metrics;
  }
}

function readStep([, step, loss, average, averageKey, rate, seconds, images]: RegExpExecArray, line: number): Metric[] {
  const values: [string, string | undefined][] = [
    ["loss", loss],
    [metricName(averageKey as string), average],
    ["rate", rate],
    ["seconds", seconds],
    ["images", images],
  ];
  return values.map(([name, value]) => ({ name, value: printedNumber(value as string), step: Number(step), line }));
}

/** A layer's values carry its number; the first key of the original has `Avg` in front, in the fork it stands outside the bracket. */
function readRegion(rest: string, number: string | undefined, line: number): Metric[] {
  const section = number === undefined ? "region" : `region_${number}`;
  const text = rest.startsWith("(") ? rest : `Avg ${rest}`;
  return [...text.matchAll(PAIR)].map(([, key, value]) => ({
    name: `${section}/${metricName(key as string)}`,
    value: printedNumber(value as string),
    line,
  }));
}
