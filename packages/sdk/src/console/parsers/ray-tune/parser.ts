import type { Framework } from "../framework.js";
import { metricName } from "../metric-name.js";
import { looseNumber } from "../number.js";
import type { Metric, ParsedItem, Parser } from "../parser.js";

const RESULT = /^(?:\([\w ]+ pid=\d+\) )?Result for ([^\s:]+):\s*$/;
/** Ray 2.7 and later: `Trial f_e0195_00000 finished iteration 3 at 2026-11-22 23:46:05. Total running time: 3s`, and a box below it. */
const FINISHED = /^Trial (\S+) finished iteration (\d+) at /;
const BOX_ROW = /^\s*\u2502 (\S+)\s+(\S+)\s*\u2502\s*$/;
const BOX_END = /^\s*\u2570/;
const YAML_ROW = /^( +)([^\s:][^:]*):(?: (\S.*))?$/;
/** The tables and words about all trials. */
const STATUS =
  /^(?:== Status ==|Current time: .*\(running for |Using \w+ scheduling algorithm|Logical resource usage: |Resources requested: |Current best trial: |Number of trials: |Result logdir: |Memory usage on this node: |\|? ?[|\u2502] ?Trial name )/;
const NO_METRIC =
  /^(?:date|timestamp|pid|node_ip|hostname|trial_id|experiment_id|experiment_tag|done|iterations_since_restore|timesteps_since_restore|timesteps_total|episodes_since_restore|warmup_time|should_checkpoint|checkpoint_dir_name|training_iteration|config|num_healthy_workers)$/;
/** A trial that prints more is not told further. */
const MOST_ROWS = 500;

/** Ray Tune: a block of values for each result of a trial, tables of all trials in between. */
export const rayTune: Framework = {
  name: "ray-tune",
  create: () => new RayTuneParser(),
  recognizes: (text) => RESULT.test(text) || FINISHED.test(text) || STATUS.test(text),
};

/** A result whose iteration stands among its values, below most of them. */
interface Result {
  trial: string;
  step: number | undefined;
  rows: { key: string; value: number; line: number }[];
  /** Keys of the levels above the next row, and how far each is indented. */
  path: { indent: number; key: string }[];
  isBox: boolean;
}

class RayTuneParser implements Parser {
  readonly framework = "ray-tune";
  #result: Result | undefined;

  get isInBlock(): boolean {
    return this.#result !== undefined;
  }

  feed(text: string, line: number): ParsedItem[] {
    const trial = RESULT.exec(text)?.[1];
    const finished = FINISHED.exec(text);
    if (trial !== undefined || finished) {
      const told = this.#close();
      this.#result = {
        trial: trial ?? (finished?.[1] as string),
        step: finished ? Number(finished[2]) : undefined,
        rows: [],
        path: [],
        isBox: finished !== null,
      };
      return told;
    }
    const result = this.#result;
    if (result === undefined) return [];
    const isOfResult = result.isBox ? readBoxRow(text, line, result) : readYamlRow(text, line, result);
    return isOfResult ? [] : this.#close();
  }

  end(): ParsedItem[] {
    return this.#close();
  }

  #close(): Metric[] {
    const result = this.#result;
    this.#result = undefined;
    if (result === undefined) return [];
    const { trial, step, rows } = result;
    return rows.map(({ key, value, line }) => ({
      name: `${trial.toLowerCase()}/${key}`,
      value,
      ...(step === undefined ? {} : { step }),
      line,
    }));
  }
}

function readYamlRow(text: string, line: number, result: Result): boolean {
  const row = YAML_ROW.exec(text);
  if (row === null) return /^ +\S/.test(text);
  const [, blanks = "", key = "", printed] = row;
  while ((result.path.at(-1)?.indent ?? -1) >= blanks.length) result.path.pop();
  if (printed === undefined) {
    result.path.push({ indent: blanks.length, key });
    return true;
  }
  addRow([...result.path.map((level) => level.key), key], printed, line, result);
  return true;
}

function readBoxRow(text: string, line: number, result: Result): boolean {
  const row = BOX_ROW.exec(text);
  if (row) addRow([row[1] as string], row[2] as string, line, result);
  return !BOX_END.test(text) && text.trim() !== "";
}

function addRow(keys: readonly string[], printed: string, line: number, result: Result): void {
  const value = looseNumber(printed);
  if (value === undefined) return;
  if (keys.length === 1 && keys[0] === "training_iteration") result.step ??= value;
  if (keys.some((key) => NO_METRIC.test(key)) || result.rows.length >= MOST_ROWS) return;
  result.rows.push({ key: keys.map((key) => metricName(key)).join("/"), value, line });
}
