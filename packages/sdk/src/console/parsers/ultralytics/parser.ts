import type { Framework } from "../framework.js";
import { metricName } from "../metric-name.js";
import { looseNumber } from "../number.js";
import type { Metric, ParsedItem, Parser } from "../parser.js";

/** `Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size` */
const TRAIN_HEADER = /^\s*Epoch\s+gpu_mem\s+(\S.*?)\s*$/i;
/** `176/300      5.64G      1.564     0.8106       0.85        162        640: 100%|███| 1618/1618 [05:16<00:00,  5.11it/s]` */
const TRAIN_ROW = /^\s*(\d+)\/(\d+)\s+([\d.]+[KMGT]?B?)((?:\s+[-+.\w]+)+):?\s*(?:\d+%.*?(?:\s|\|)(\d+)\/(\d+)(?=\s))?/;
/** `Class     Images  Instances      Box(P          R      mAP50  mAP50-95)     Mask(P ...): 100%...`, of YOLOv5 `Class Images Labels P R mAP@.5 mAP@.5:.95: 100%`. */
const VAL_HEADER = /^\s*(?:Class\s+Images\s+(?:Instances|Labels|Targets)\s+(\S.*?)|classes\s+(top1_acc\s+top5_acc))(?::?\s+\d+%.*|:?\s*)$/;
const GROUP = /^([A-Za-z]+)\((.+)$/;
/** Columns that describe the data. */
const OF_DATA = /^(?:instances|labels|targets|size|img_size)$/i;

/** Ultralytics YOLO (v5 to 11): tables whose rows are rewritten and whose header stands above each. */
export const ultralytics: Framework = {
  name: "ultralytics",
  create: () => new UltralyticsParser(),
  recognizes: (text) => text.length < 1000 && (TRAIN_HEADER.test(text) || VAL_HEADER.test(text)),
};

class UltralyticsParser implements Parser {
  readonly framework = "ultralytics";
  #train: readonly string[] = [];
  #val: readonly string[] = [];
  /** Words before the numbers of a validation's row: class, images, instances; none for a classifier. */
  #lead = 3;
  #epoch: number | undefined;

  feed(text: string, line: number): ParsedItem[] {
    const train = TRAIN_HEADER.exec(text);
    if (train) {
      this.#train = (train[1] as string).split(/\s+/);
      this.#val = [];
      return [];
    }
    const val = VAL_HEADER.exec(text);
    if (val) {
      this.#lead = val[2] === undefined ? 3 : 1;
      this.#val = groupedNames((val[1] ?? val[2] ?? "").split(/\s+/));
      return [];
    }
    const row = this.#train.length > 0 ? TRAIN_ROW.exec(text) : null;
    if (row) return this.#trainRow(row, line);
    return this.#val.length > 0 ? this.#valRow(text.trim().split(/\s+/), line) : [];
  }

  #trainRow([, epoch, epochs, memory, rest, batch, batches]: RegExpExecArray, line: number): Metric[] {
    const cells = (rest as string).trim().split(/\s+/);
    if (cells.length !== this.#train.length) return [];
    this.#epoch = Number(epoch);
    const counted = batch === undefined ? { total: Number(epochs) } : { batch: Number(batch), total: Number(batches) };
    return ["gpu_mem", ...this.#train].flatMap((key, at) => {
      const value = looseNumber(at === 0 ? (memory as string) : (cells[at - 1] as string));
      return value === undefined || OF_DATA.test(key) ? [] : [{ name: metricName(key), value, epoch: Number(epoch), ...counted, line }];
    });
  }

  /** A class of more than one word has more cells than columns: the numbers are the last ones. */
  #valRow(cells: readonly string[], line: number): Metric[] {
    const first = cells.length - this.#val.length;
    const values = cells.slice(first).map((cell) => looseNumber(cell));
    const isRow = first >= this.#lead && values.every((value) => value !== undefined) && !/^[\d.]+$/.test(cells[0] as string);
    if (!isRow || cells.slice(first - this.#lead + 1, first).some((cell) => !/^\d+$/.test(cell))) return [];
    const name = cells.slice(0, first - this.#lead + 1).join(" ");
    const front = name === "all" ? "" : `${metricName(name)}/`;
    return this.#val.map((key, at) => ({
      name: `${front}${key}`,
      value: values[at] as number,
      ...(this.#epoch === undefined ? {} : { epoch: this.#epoch }),
      phase: "val",
      line,
    }));
  }
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
