import { basename, dirname } from "node:path";

/** What the name of a file says of its place in the run. */
export interface NamePlace {
  epoch?: number;
  step?: number;
  /** The step is called so; else it is just a number. */
  isStepNamed?: boolean;
}

const EPOCH = /epochs?[-_=. ]*(\d+)|(?:^|[-_. ])ep[-_=]?(\d+)/i;
const STEP = /(?:global[-_]?step|step|iteration|iter)s?[-_=. ]*(\d+)/i;
/** `model-00001-of-00003`: a piece of a model. */
const SHARD = /\d+-of-\d+/g;
const FOLDER = /(check-?point|ckpt|snapshot|step|iter|epoch)\D*\d/i;

/** @param name - of a folder @returns whether it is named as one snapshot, such as `checkpoint-500`; any other may be a data set */
export function isSnapshotFolder(name: string): boolean {
  return FOLDER.test(name);
}

/**
 * @param path - of a snapshot's file or folder
 * @returns what its name says; where it says neither epoch nor step and lies in a folder of one snapshot, such as `checkpoint-500`, that folder's
 */
export function placeInName(path: string): NamePlace {
  const place = read(basename(path));
  const folder = basename(dirname(path));
  const isSure = place.epoch !== undefined || place.isStepNamed;
  return !isSure && isSnapshotFolder(folder) ? read(folder) : place;
}

function read(name: string): NamePlace {
  const text = name.replaceAll(SHARD, "");
  const [, epoch, shortEpoch] = EPOCH.exec(text) ?? [];
  const [, step] = STEP.exec(text) ?? [];
  const place = { ...numberAs("epoch", epoch ?? shortEpoch), ...numberAs("step", step) };
  if (step !== undefined) return { ...place, isStepNamed: true };
  return Object.keys(place).length > 0 ? place : numberAs("step", text.match(/\d+/g)?.at(-1));
}

function numberAs(field: "epoch" | "step", digits: string | undefined): NamePlace {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? { [field]: number } : {};
}
