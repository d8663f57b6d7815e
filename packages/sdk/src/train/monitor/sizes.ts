import { fetchConfig } from "../../place/config/container-config.js";
import { fetchConfigFromSamplesetinfo, fetchConfigFromTrainingspec, type SamplesetName } from "../../place/config/fetch-config.js";
import { getValue } from "../../place/params/params.js";

/**
 * Rounds up to a multiple.
 *
 * @param num - what to round
 * @param level - of what it is to be a multiple
 * @returns the next multiple, or `num` itself
 */
export function ceilByLevel(num: number, level = 1): number {
  return Math.ceil(num / level) * level;
}

/**
 * @returns whether the training has GPUs (`resource.gpus` of `config/trainingspec`), and on how many cores of the framework it runs: its
 *   GPUs, 1 where the file does not say
 */
export function getCores(): [useGpu: boolean, cores: number] {
  const gpus = fetchConfigFromTrainingspec<number>("resource.gpus");
  return [(gpus ?? 0) !== 0, gpus ?? 1];
}

/**
 * Batch sizes from the params `solverOps.batchSize` (default 8) and `solverOps.valBatchSize` (default: the same). With GPUs, each of
 * them takes a batch: the sizes that a step really has are those times the number of GPUs.
 *
 * @returns the size as configured, and what a step of training and of validation really has
 */
export function getBatchSize(): [batchSize: number, actualBatchSize: number, valBatchSize: number] {
  const batchSize = getValue<number, number>("solverOps.batchSize", { default: 8 });
  const valBatchSize = getValue<number, number>("solverOps.valBatchSize", { default: batchSize });
  const gpus = fetchConfigFromTrainingspec<number, number>("resource.gpus", { default: 0 });
  const factor = gpus > 0 ? gpus : 1;
  return [batchSize, batchSize * factor, valBatchSize * factor];
}

/**
 * Size of the model's input from `inputUnify.cropSize` of `config/modelspec` (default 227): `123` is a square, `123x456` width and height.
 *
 * @returns width and height in pixels; both `undefined` for `none` and for what cannot be read
 */
export function getCropSize(): [width: number, height: number] | [width: undefined, height: undefined] {
  const text = String(fetchConfig<unknown, string>("modelspec", "inputUnify.cropSize", { default: "227" }));
  const [, width, height = width] = /^\s*(\d+)\s*(?:x\s*(\d+)\s*)?$/i.exec(text) ?? [];
  return width === undefined ? [undefined, undefined] : [Number(width), Number(height)];
}

/**
 * @param dataType - which data set
 * @returns its number of samples; 0 where the platform does not say
 */
export function getSamplesetNum(dataType: SamplesetName = "train"): number {
  return fetchConfigFromSamplesetinfo<number, number>("stats.numOfSamples", dataType, { default: 0 });
}

/**
 * @param dataType - which data set
 * @returns its number of classes; 0 where the platform does not say
 */
export function getSamplesetClassNum(dataType: SamplesetName = "train"): number {
  return fetchConfigFromSamplesetinfo<number, number>("stats.numOfClasses", dataType, { default: 0 });
}
