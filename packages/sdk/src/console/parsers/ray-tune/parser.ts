import type { Framework } from "../framework.js";
import type { Planned } from "../generic/form-memory.js";
import { FormParser, type Lines } from "../generic/form-parser.js";
import type { Located } from "../generic/located.js";
import { digitsOf, locatedIn, PlacedTeller, silent } from "../generic/placed-plan.js";
import { metricName } from "../metric-name.js";
import { looseNumber } from "../number.js";
import type { ValueSink } from "../parser.js";

const RESULT = /^(?:\([\w ]+ pid=\d+\) )?Result for ([^\s:]+):\s*$/d;
/** Ray 2.7 and later: `Trial f_e0195_00000 finished iteration 3 at 2026-11-22 23:46:05. Total running time: 3s`, and a box below it. */
const FINISHED = /^Trial (\S+) finished iteration (\d+) at /d;
const BOX_ROW = /^\s*\u2502 (\S+)\s+(\S+)\s*\u2502\s*$/d;
const BOX_END = /^\s*\u2570/;
const YAML_ROW = /^( +)([^\s:][^:]*):(?: (\S.*))?$/d;
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
  create: (_, forms) => new FormParser(new RayTuneLines(), forms),
  recognizes: (text) => RESULT.test(text) || FINISHED.test(text) || STATUS.test(text),
};

/** A result whose iteration stands among its values, below most of them. */
interface Result {
  trial: string;
  step: number | undefined;
  rows: { key: string; value: number; line: number }[];
  /** Keys of the levels above the next row, and how far each is indented. */
  path: Row[];
  isBox: boolean;
}

/** A row of a result. */
interface Row {
  indent: number;
  key: string;
  value: Located | undefined;
  /** It opens a level of keys. */
  isLevel: boolean;
  /** Neither it nor what stands below it is a metric. */
  isNoMetric: boolean;
}

/** A line opens a result, is a row of one, or belongs to it otherwise; a line that has none of these ends it. */
type RayTunePlan = { trial: string; step: Located | undefined; isBox: boolean } | Row | "of the result";

class RayTuneLines implements Lines<RayTunePlan> {
  readonly framework = "ray-tune";
  readonly #teller = new PlacedTeller();
  #result: Result | undefined;

  get isInBlock(): boolean {
    return this.#result !== undefined;
  }

  placeOf(): number {
    return this.#result === undefined ? 0 : this.#result.isBox ? 1 : 2;
  }

  plan(text: string): Planned<RayTunePlan> {
    const finished = FINISHED.exec(text);
    const opened = finished ?? RESULT.exec(text);
    if (opened) {
      const step = locatedIn(opened, 2);
      const digits = digitsOf(opened[1] as string, opened.indices?.[1]?.[0]);
      const plan = { trial: opened[1] as string, step, isBox: finished !== null };
      return { plan, numbers: step === undefined ? [] : [step], holds: "always", digits, leads: [] };
    }
    const nothing: Planned<never> = { ...silent(), holds: "here" };
    if (this.#result === undefined) return nothing;
    const { isBox } = this.#result;
    const row = (isBox ? BOX_ROW : YAML_ROW).exec(text);
    if (row) {
      const found = rowOf(row, isBox ? 1 : 2);
      const digits = digitsOf(text.slice(0, found.value?.at ?? text.length));
      return { plan: found, numbers: found.value === undefined ? [] : [found.value], holds: "here", digits, leads: [] };
    }
    const isOfResult = isBox ? !BOX_END.test(text) && text.trim() !== "" : /^ +\S/.test(text);
    return isOfResult ? { ...nothing, plan: "of the result" } : nothing;
  }

  tell(plan: RayTunePlan | undefined, line: number, into: ValueSink): boolean {
    if (plan !== undefined && this.#result !== undefined) {
      if (plan === "of the result") return true;
      if ("key" in plan) {
        addRow(plan, line, this.#result);
        return true;
      }
    }
    const hasTold = this.end(into);
    if (plan === undefined || plan === "of the result" || "key" in plan) return hasTold;
    this.#result = { trial: plan.trial, step: plan.step?.value, rows: [], path: [], isBox: plan.isBox };
    return true;
  }

  end(into: ValueSink): boolean {
    const result = this.#result;
    this.#result = undefined;
    if (result === undefined) return false;
    const { trial, step, rows } = result;
    const counted = step === undefined ? undefined : { value: step, at: -1 };
    for (const { key, value, line } of rows) {
      const series = this.#teller.seriesOf(`${trial.toLowerCase()}/${key}`);
      this.#teller.tell({ values: [{ series, value, at: -1 }], step: counted }, line, into);
    }
    return rows.length > 0;
  }
}

/** @param match - of a regex whose groups are key and value @param group - number of the key's */
function rowOf(match: RegExpExecArray, group: number): Row {
  const [key = "", printed] = match.slice(group);
  const value = printed === undefined ? undefined : looseNumber(printed);
  return {
    indent: group === 1 ? 0 : (match[1] as string).length,
    key: metricName(key),
    value: value === undefined ? undefined : { value, at: match.indices?.[group + 1]?.[0] ?? -1 },
    isLevel: printed === undefined,
    isNoMetric: NO_METRIC.test(key),
  };
}

function addRow(row: Row, line: number, result: Result): void {
  while ((result.path.at(-1)?.indent ?? -1) >= row.indent) result.path.pop();
  if (row.isLevel) result.path.push(row);
  if (row.value === undefined) return;
  const { value } = row.value;
  if (result.path.length === 0 && row.key === "training_iteration") result.step ??= value;
  if (row.isNoMetric || result.path.some((level) => level.isNoMetric) || result.rows.length >= MOST_ROWS) return;
  result.rows.push({ key: [...result.path.map((level) => level.key), row.key].join("/"), value, line });
}
