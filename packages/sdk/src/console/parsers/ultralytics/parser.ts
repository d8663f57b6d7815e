import type { Framework } from "../framework.js";
import { cellsOf } from "../generic/cells.js";
import type { Planned } from "../generic/form-memory.js";
import { FormParser, type Lines } from "../generic/form-parser.js";
import type { Located } from "../generic/located.js";
import { digitsOf, locatedIn, numbersOf, type PlacedPlan, PlacedTeller, silent, uniform } from "../generic/placed-plan.js";
import { metricName } from "../metric-name.js";
import { looseNumber } from "../number.js";
import type { ValueSink } from "../parser.js";

/** `Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size` */
const TRAIN_HEADER = /^\s*Epoch\s+gpu_mem\s+(\S.*?)\s*$/i;
/** `176/300      5.64G      1.564     0.8106       0.85        162        640: 100%|███| 1618/1618 [05:16<00:00,  5.11it/s]` */
const TRAIN_ROW = /^\s*(\d+)\/(\d+)\s+([\d.]+[KMGT]?B?)((?:\s+[-+.\w]+)+):?\s*(?:\d+%.*?(?:\s|\|)(\d+)\/(\d+)(?=\s))?/d;
/** Such a row on a stream of its own: bars are on stderr, headers on stdout. */
const ROW_WITH_BAR = /^\s*\d+\/\d+\s+[\d.]+[KMGT]B?(?:\s+[-+.\w]+)+:\s+\d+%.*\s\d+\/\d+\s/;
/** `Class     Images  Instances      Box(P          R      mAP50  mAP50-95)     Mask(P ...): 100%...`, of YOLOv5 `Class Images Labels P R mAP@.5 mAP@.5:.95: 100%`. */
const VAL_HEADER = /^\s*(?:Class\s+Images\s+(?:Instances|Labels|Targets)\s+(\S.*?)|classes\s+(top1_acc\s+top5_acc))(?::?\s+\d+%.*|:?\s*)$/d;
const GROUP = /^([A-Za-z]+)\((.+)$/;
/** Columns that describe the data. */
const OF_DATA = /^(?:instances|labels|targets|size|img_size)$/i;

/** Ultralytics YOLO (v5 to 11): tables whose rows are rewritten and whose header stands above each. */
export const ultralytics: Framework = {
  name: "ultralytics",
  create: ({ shared }, forms) => new FormParser(new UltralyticsLines(Tables.of(shared)), forms),
  recognizes: (text) => text.length < 1000 && (TRAIN_HEADER.test(text) || VAL_HEADER.test(text) || ROW_WITH_BAR.test(text)),
};

/** Names of columns; of a validation's rows also how many words stand before the numbers: class, images, instances; none for a classifier. */
type Columns = { train: readonly string[] } | { val: readonly string[]; lead: number };

interface UltralyticsPlan extends PlacedPlan {
  columns?: Columns | undefined;
  /** Index behind the name of the class, of a row of a validation: it is of the epoch of the last row of the training. */
  nameEnd?: number | undefined;
}

/** Columns of the tables and the epoch that the rows are of. */
class Tables {
  train: readonly string[] = [];
  val: readonly string[] = [];
  lead = 3;
  epoch: Located | undefined;
  readonly #places = new Map<string, number>();
  /** The same for the same columns. */
  place = 0;

  /** @param shared - as of `ParserOptions` @returns those of the process */
  static of(shared: Map<string, object> = new Map()): Tables {
    const known = shared.get("ultralytics");
    if (known instanceof Tables) return known;
    const tables = new Tables();
    shared.set("ultralytics", tables);
    return tables;
  }

  /** @param columns - of the rows below */
  use(columns: Columns): void {
    if ("train" in columns) this.train = columns.train;
    else {
      this.val = columns.val;
      this.lead = columns.lead;
    }
    const key = [this.train, this.val, [this.lead]].map((names) => names.join(" ")).join("\n");
    const known = this.#places.get(key);
    this.place = known ?? this.#places.size + 1;
    if (known === undefined) this.#places.set(key, this.place);
  }
}

class UltralyticsLines implements Lines<UltralyticsPlan> {
  readonly framework = "ultralytics";
  readonly #teller = new PlacedTeller();
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  placeOf(): number {
    return this.#tables.place;
  }

  plan(text: string): Planned<UltralyticsPlan> {
    const train = TRAIN_HEADER.exec(text);
    if (train) return header({ train: (train[1] as string).split(/\s+/) }, []);
    const val = VAL_HEADER.exec(text);
    if (val) {
      const group = val[2] === undefined ? 1 : 2;
      const names = val[group] as string;
      return header({ val: groupedNames(names.split(/\s+/)), lead: group === 1 ? 3 : 1 }, digitsOf(names, val.indices?.[group]?.[0]));
    }
    const row = this.#tables.train.length > 0 ? TRAIN_ROW.exec(text) : null;
    const found = row ? this.#trainRow(row) : this.#tables.val.length > 0 ? this.#valRow(text) : undefined;
    if (found === undefined) return { ...silent(), holds: "here" };
    const plan: UltralyticsPlan = { ...uniform(found), columns: undefined, nameEnd: found.nameEnd };
    return { plan, numbers: numbersOf(plan), holds: "here", digits: digitsOf(text.slice(0, found.nameEnd ?? 0)), leads: [] };
  }

  tell(plan: UltralyticsPlan | undefined, line: number, into: ValueSink): boolean {
    if (plan === undefined) return false;
    if (plan.columns !== undefined) this.#tables.use(plan.columns);
    else if (plan.nameEnd !== undefined) plan.epoch = this.#tables.epoch;
    else this.#tables.epoch = plan.epoch && { ...plan.epoch };
    this.#teller.tell(plan, line, into);
    return plan.values.length > 0;
  }

  #trainRow(row: RegExpExecArray): UltralyticsPlan | undefined {
    const [, epoch, , memory = "", rest = ""] = row;
    const cells = cellsOf(rest.trim(), (row.indices?.[4]?.[0] ?? 0) + rest.length - rest.trimStart().length, /\s+/g);
    if (cells.length !== this.#tables.train.length || epoch === undefined) return undefined;
    const printed = [{ text: memory, at: row.indices?.[3]?.[0] ?? 0 }, ...cells];
    const values = ["gpu_mem", ...this.#tables.train].flatMap((key, column) => {
      const { text = "", at = 0 } = printed[column] ?? {};
      const value = looseNumber(text);
      return value === undefined || OF_DATA.test(key) ? [] : [{ value, at, series: this.#teller.seriesOf(metricName(key)) }];
    });
    const batch = locatedIn(row, 5);
    return { values, epoch: locatedIn(row, 1), batch, total: locatedIn(row, batch === undefined ? 2 : 6) };
  }

  /** A class of more than one word has more cells than columns: the numbers are the last ones. */
  #valRow(text: string): UltralyticsPlan | undefined {
    const cells = cellsOf(text.trim(), text.length - text.trimStart().length, /\s+/g);
    const first = cells.length - this.#tables.val.length;
    const values = cells.slice(first).map((cell) => looseNumber(cell.text));
    const words = cells.map((cell) => cell.text);
    const isRow = first >= this.#tables.lead && values.every((value) => value !== undefined) && !/^[\d.]+$/.test(words[0] as string);
    if (!isRow || words.slice(first - this.#tables.lead + 1, first).some((word) => !/^\d+$/.test(word))) return undefined;
    const last = cells[first - this.#tables.lead];
    const name = words.slice(0, first - this.#tables.lead + 1).join(" ");
    const front = name === "all" ? "" : `${metricName(name)}/`;
    const told = this.#tables.val.map((key, column) => ({
      value: values[column] as number,
      at: cells[first + column]?.at ?? 0,
      series: this.#teller.seriesOf(`${front}${key}`, "val"),
    }));
    return { values: told, nameEnd: (last?.at ?? 0) + (last?.text.length ?? 0) };
  }
}

function header(columns: Columns, digits: readonly number[]): Planned<UltralyticsPlan> {
  return { plan: { values: [], columns }, numbers: [], holds: "always", digits, leads: [] };
}

/** `Box(P R mAP50 mAP50-95) Mask(P ...)`: names with their group in front. */
function groupedNames(keys: readonly string[]): string[] {
  let group = "";
  return keys.map((key) => {
    const opened = GROUP.exec(key);
    if (opened) group = `${metricName(opened[1] as string)}/`;
    const name = `${group}${metricName((opened?.[2] ?? key).replace(/[):]+$/, ""))}`;
    if (key.replace(/:$/, "").endsWith(")")) group = "";
    return name;
  });
}
