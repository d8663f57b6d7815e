import type { Framework } from "../framework.js";
import { metricName } from "../metric-name.js";
import { NUMBER, printedNumber } from "../number.js";
import type { Metric, ParsedItem, Parser } from "../parser.js";

/** `LOG (nnet3-train[5.5.1~1-34cc]:PrintTotalStats():nnet-training.cc:348) `, older `LOG (nnet3-train:Function():file.cc:12) `. */
const PREFIX = /^(?:LOG|VLOG\[\d+\]|WARNING|ERROR|ASSERTION_FAILED) \([\w-]+(?:\[[^\]]*\])?:[\w:~]+\(\):[\w.-]+:\d+\) /;
/** `Overall average objective function for 'output' is -0.5 + -0.1 = -0.6 over 512000 frames.`: the value, a regulariser's part, their sum. */
const OBJECTIVE = new RegExp(
  String.raw`^((?:Overall a|A)verage [a-z][a-z -]*?)(?: for '([^']+)')?(?: for minibatches (\d+)-(\d+))? is (${NUMBER})(?: \+ ${NUMBER} = (${NUMBER}))? over `,
);
/** `log-prob-per-frame=-0.51` behind words for scripts, `Did backprop on 4000 examples, average log-prob per frame is -1.2`. */
const FOR_SCRIPTS = new RegExp(String.raw`\] ?([a-z][a-z-]*)=(${NUMBER})\s*$`);
const BACKPROP = new RegExp(String.raw`^Did backprop on \d+ examples, (average log-prob per frame) is (${NUMBER})`);
/** nnet1: `AvgLoss: 2.05 (Xent), [AvgXent: 2.05, AvgTargetEnt: 0]`, `FRAME_ACCURACY >> 51.2% <<`. */
const AVERAGE_LOSS = new RegExp(String.raw`^AvgLoss: (${NUMBER})`);
const FRAME_ACCURACY = new RegExp(String.raw`^FRAME_ACCURACY >> (${NUMBER})% <<`);

/** Kaldi's neural network trainers (nnet1 to nnet3, chain), whose log is sentences. */
export const kaldi: Framework = {
  name: "kaldi",
  create: () => new KaldiParser(),
  recognizes: (text) => PREFIX.test(text),
};

class KaldiParser implements Parser {
  readonly framework = "kaldi";

  feed(text: string, line: number): ParsedItem[] {
    const prefix = PREFIX.exec(text);
    return prefix === null ? [] : readMessage(text.slice(prefix[0].length), line);
  }
}

function readMessage(message: string, line: number): Metric[] {
  const objective = OBJECTIVE.exec(message);
  if (objective) return readObjective(objective, line);
  const named = FOR_SCRIPTS.exec(message) ?? BACKPROP.exec(message);
  if (named) return [{ name: metricName(named[1] as string), value: printedNumber(named[2] as string), line }];
  const loss = AVERAGE_LOSS.exec(message);
  if (loss) return [{ name: "avgloss", value: printedNumber(loss[1] as string), line }];
  const accuracy = FRAME_ACCURACY.exec(message);
  return accuracy ? [{ name: "frame_accuracy", value: printedNumber(accuracy[1] as string), line }] : [];
}

function readObjective([, key, output, , last, value, sum]: RegExpExecArray, line: number): Metric[] {
  const name = output === undefined ? metricName(key as string) : `${metricName(key as string)}/${output.toLowerCase()}`;
  const place = { ...(last === undefined ? {} : { batch: Number(last) }), line };
  const metrics: Metric[] = [{ name, value: printedNumber(value as string), ...place }];
  if (sum !== undefined) metrics.push({ name: `${name}/total`, value: printedNumber(sum), ...place });
  return metrics;
}
