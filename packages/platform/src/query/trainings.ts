import type { ParamsRevision, TrainingDetail, TrainingParams } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { Store } from "../store/contract/store.js";
import type { Revision } from "../store/contract/training.js";
import { type Clock, lostBeforeMs } from "./instances.js";
import { paramsAnswer } from "./params.js";

/**
 * @param name - of a training
 * @returns everything about it but its params
 * @throws PlatformError `not_found`, `deleted`
 */
export async function describeTraining(store: Store, clock: Clock, name: string): Promise<TrainingDetail> {
  const [all, told] = await Promise.all([store.trainings(lostBeforeMs(clock)), store.training(name)]);
  const summary = all.find((one) => one.name === name);
  if (summary === undefined) throw new PlatformError("not_found", `There is no training ${name}.`);
  if (told === undefined) return summary;
  const { note, retentionDays = 0, createdMs } = told;
  return {
    ...summary,
    ...(note === undefined ? {} : { note }),
    ...(retentionDays === 0 ? {} : { retentionDays }),
    createdTime: new Date(createdMs).toISOString(),
  };
}

/**
 * @param training - name
 * @param wanted - number of a revision; the newest where none is given
 * @returns the params of a training
 * @throws PlatformError `not_found`, `deleted`, `store_damaged`
 */
export async function paramsOfTraining(store: Store, training: string, wanted?: number): Promise<TrainingParams> {
  const revisions = await store.revisions(training);
  const found = wanted === undefined ? revisions.at(-1) : revisions.find(({ revision }) => revision === wanted);
  if (found !== undefined) return describeParams(found);
  const advice = `Put some: PUT /v1/trainings/${encodeURIComponent(training)}/params, or ava-sdk params put.`;
  const message =
    wanted === undefined
      ? `The training ${training} has no params. ${advice}`
      : `The params of the training ${training} have no revision ${wanted}; they have ${revisions.at(-1)?.revision ?? 0}.`;
  throw new PlatformError("not_found", message);
}

/** @returns params as answers carry them */
export function describeParams(found: Revision): TrainingParams {
  return { training: found.training, ...describeRevision(found), ...paramsAnswer({ paramsText: found.paramsText }) };
}

/** @returns a revision as lists carry it */
export function describeRevision({ revision, createdMs, note }: Revision): ParamsRevision {
  return { revision, createdTime: new Date(createdMs).toISOString(), ...(note === undefined ? {} : { note }) };
}
