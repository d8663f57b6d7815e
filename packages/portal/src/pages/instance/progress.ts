import { flattenParams, fromWireNumber, type InstanceDetail, type PointsAnswer } from "ava-protocol";
import type { ToldProgress } from "./told-progress.js";

/** How far a run has come. */
export interface Progress {
  step: number;
  /** The one that it is in, from 1; where nothing says how many there are as its points have it. Absent where the run tells none. */
  epoch: number | undefined;
  /** Within the epoch, and how many it has. */
  batch: { at: number; of: number } | undefined;
  /** Epochs and steps of the whole run, as far as its params say. */
  totalEpochs: number | undefined;
  totalSteps: number | undefined;
  /** Part of the run that is done, from 0 to 1; absent where its end is not known. */
  done: number | undefined;
  /** Of its last points. */
  stepsPerSecond: number | undefined;
  /** At the rate of its last points, or of all epochs since it began; absent where the end, or the rate, is not known. */
  leftMs: number | undefined;
}

/** Names of params that say how long a run is, without signs between their words. */
const EPOCHS = /^(num|n|nb|max|total)?(train)?epochs?$/;
const STEPS = /^(num|n|nb|max|total)?(train|training)?(steps|iters|iterations|updates|iter)$/;

/**
 * Tells how far a run has come, and how long it takes at the rate of its last points.
 *
 * @param instance - with its start, its params and the batches of an epoch
 * @param recent - last points of one of its series
 * @param told - what it prints of its progress, if anything
 * @returns the progress; `undefined` where there is no point
 */
export function progressOf(
  { paramsText, batchOfEpoch, startTime }: Pick<InstanceDetail, "paramsText" | "batchOfEpoch" | "startTime">,
  recent: PointsAnswer["points"],
  told?: ToldProgress,
): Progress | undefined {
  const last = recent.at(-1);
  if (last === undefined) return undefined;
  const step = fromWireNumber(last.step);
  if (!Number.isFinite(step)) return undefined;
  const { epochs, steps } = totalsOf(paramsText);
  const totalEpochs = epochs ?? told?.totalEpochs;
  const totalSteps = steps ?? (totalEpochs === undefined || batchOfEpoch === undefined ? undefined : totalEpochs * batchOfEpoch);
  const rate = rateOf(recent);
  const ofPoints = last.epoch === undefined ? undefined : fromWireNumber(last.epoch);
  const progress = {
    step,
    epoch: told?.epoch ?? (ofPoints === undefined || totalEpochs === undefined ? ofPoints : ofPoints + 1),
    batch: batchOfEpoch === undefined ? told?.batch : { at: step % batchOfEpoch, of: batchOfEpoch },
    totalEpochs,
    totalSteps,
    stepsPerSecond: rate,
  };
  if (totalSteps !== undefined) {
    const left = Math.max(totalSteps - step, 0);
    return { ...progress, done: Math.min(step / totalSteps, 1), leftMs: rate === undefined ? undefined : (left / rate) * 1000 };
  }
  // Without a bar the line of an epoch is printed at its end.
  const doneEpochs = told === undefined ? ofPoints : told.batch === undefined ? told.epoch : told.epoch - 1 + told.batch.at / told.batch.of;
  if (totalEpochs === undefined || doneEpochs === undefined) return { ...progress, done: undefined, leftMs: undefined };
  const done = Math.min(doneEpochs / totalEpochs, 1);
  const runMs = Number(BigInt(last.timeNs) / 1_000_000n) - Date.parse(startTime ?? "");
  const epochMs = msOfEpoch(recent) ?? runMs / (doneEpochs - epochsBefore(ofPoints, told));
  return {
    ...progress,
    done,
    leftMs: epochMs > 0 && Number.isFinite(epochMs) ? Math.max(totalEpochs - doneEpochs, 0) * epochMs : undefined,
  };
}

/** Epochs that were done before the run went on with them: points count them from its own first one, what it prints does not. */
function epochsBefore(ofPoints: number | undefined, told: ToldProgress | undefined): number {
  if (ofPoints === undefined || told === undefined) return 0;
  const before = told.epoch - 1 - Math.floor(ofPoints);
  // By one the last point may be behind what is printed.
  return before > 1 ? before : 0;
}

/** How long an epoch of the last points takes, in milliseconds; of less than two of them nothing is known. */
function msOfEpoch(recent: PointsAnswer["points"]): number | undefined {
  const first = recent[beginOf(recent)]!;
  const last = recent.at(-1)!;
  const epochs = fromWireNumber(last.epoch ?? "NaN") - fromWireNumber(first.epoch ?? "NaN");
  return epochs >= 2 ? Number(BigInt(last.timeNs) - BigInt(first.timeNs)) / 1e6 / epochs : undefined;
}

/**
 * @param paramsText - of a run
 * @returns how many epochs and steps it is to have, as far as its params say
 */
export function totalsOf(paramsText: string): { epochs: number | undefined; steps: number | undefined } {
  return { epochs: paramLike(paramsText, EPOCHS), steps: paramLike(paramsText, STEPS) };
}

/** Where the run last began, or went back. */
function beginOf(recent: PointsAnswer["points"]): number {
  let first = recent.length - 1;
  while (first > 0 && fromWireNumber(recent[first - 1]!.step) <= fromWireNumber(recent[first]!.step)) first -= 1;
  return first;
}

/** Steps a second from there to its last point. */
function rateOf(recent: PointsAnswer["points"]): number | undefined {
  const [from, to] = [recent[beginOf(recent)]!, recent.at(-1)!];
  const seconds = Number(BigInt(to.timeNs) - BigInt(from.timeNs)) / 1e9;
  const steps = fromWireNumber(to.step) - fromWireNumber(from.step);
  return seconds > 0 && steps > 0 ? steps / seconds : undefined;
}

function paramLike(paramsText: string, name: RegExp): number | undefined {
  for (const { path, value } of flattenParams(paramsText)) {
    const last = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
    const count = Number(value);
    if (name.test(last.replaceAll(/[^a-z]/g, "")) && Number.isFinite(count) && count > 0) return count;
  }
  return undefined;
}
