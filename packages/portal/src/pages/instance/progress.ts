import { fromWireNumber, type InstanceDetail, type PointsAnswer } from "ava-protocol";
import { flattenParams } from "../../params/flatten.js";

/** How far a run has come. */
export interface Progress {
  step: number;
  /** From 0, as points have it; absent where the run tells none. */
  epoch: number | undefined;
  /** Within the epoch, and how many it has. */
  batch: { at: number; of: number } | undefined;
  /** Epochs and steps of the whole run, as far as its params say. */
  totalEpochs: number | undefined;
  totalSteps: number | undefined;
  /** Of its last points. */
  stepsPerSecond: number | undefined;
  /** At that rate; absent where the end, or the rate, is not known. */
  leftMs: number | undefined;
}

/** Names of params that say how long a run is, without signs between their words. */
const EPOCHS = /^(num|n|nb|max|total)?(train)?epochs?$/;
const STEPS = /^(num|n|nb|max|total)?(train|training)?(steps|iters|iterations|updates|iter)$/;

/**
 * Tells how far a run has come, and how long it takes at the rate of its last points.
 *
 * @param instance - with its params and the batches of an epoch
 * @param recent - last points of one of its series
 * @returns the progress; `undefined` where there is no point
 */
export function progressOf(
  { paramsText, batchOfEpoch }: Pick<InstanceDetail, "paramsText" | "batchOfEpoch">,
  recent: PointsAnswer["points"],
): Progress | undefined {
  const last = recent.at(-1);
  if (last === undefined) return undefined;
  const step = fromWireNumber(last.step);
  if (!Number.isFinite(step)) return undefined;
  const epoch = last.epoch === undefined ? undefined : fromWireNumber(last.epoch);
  const totalEpochs = paramLike(paramsText, EPOCHS);
  const totalSteps =
    paramLike(paramsText, STEPS) ?? (totalEpochs === undefined || batchOfEpoch === undefined ? undefined : totalEpochs * batchOfEpoch);
  const rate = rateOf(recent);
  const left = totalSteps === undefined ? undefined : Math.max(totalSteps - step, 0);
  return {
    step,
    epoch,
    batch: batchOfEpoch === undefined ? undefined : { at: step % batchOfEpoch, of: batchOfEpoch },
    totalEpochs,
    totalSteps,
    stepsPerSecond: rate,
    leftMs: left === undefined || rate === undefined ? undefined : (left / rate) * 1000,
  };
}

/** Steps a second from where the run last began, or went back, to its last point. */
function rateOf(recent: PointsAnswer["points"]): number | undefined {
  let first = recent.length - 1;
  while (first > 0 && fromWireNumber(recent[first - 1]!.step) <= fromWireNumber(recent[first]!.step)) first -= 1;
  const [from, to] = [recent[first]!, recent.at(-1)!];
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
