import type { GetValueOptions } from "../params/params.js";
import type { DatasetName } from "../workspace/layout.js";
import { fetchAll, fetchConfig } from "./container-config.js";

/** Which data set: `train`, `val` or `test`. */
export type SamplesetName = DatasetName;

/**
 * Value of a key of `config/trainsetinfo`, `config/valsetinfo` or `config/testsetinfo`.
 *
 * @param key - dotted key
 * @param dataType - which data set
 * @param options - required, default, cache
 * @returns the value, or the default when the key does not exist
 * @throws ConfigError CONFIG_KEY_REQUIRED, CONFIG_MISSING, CONFIG_UNREADABLE for a required key
 */
export function fetchConfigFromSamplesetinfo<Value = unknown, Default = undefined>(
  key: string,
  dataType: SamplesetName = "train",
  options: GetValueOptions<Default> = {},
): Value | Default {
  return fetchConfig<Value, Default>(`${dataType}setinfo`, key, options);
}

/** Value of a key of `config/trainingspec`. Parameters and errors as of {@link fetchConfigFromSamplesetinfo}. */
export function fetchConfigFromTrainingspec<Value = unknown, Default = undefined>(
  key: string,
  options: GetValueOptions<Default> = {},
): Value | Default {
  return fetchConfig<Value, Default>("trainingspec", key, options);
}

/** @returns all of `config/trainingspec`; empty when it is missing or unreadable */
export function fetchAllFromTrainingspec(): Record<string, unknown> {
  return fetchAll("trainingspec");
}

/** Value of a key of `config/modelspec`. Parameters and errors as of {@link fetchConfigFromSamplesetinfo}. */
export function fetchConfigFromModelspec<Value = unknown, Default = undefined>(
  key: string,
  options: GetValueOptions<Default> = {},
): Value | Default {
  return fetchConfig<Value, Default>("modelspec", key, options);
}

/** Value of a key of `config/user`. Parameters and errors as of {@link fetchConfigFromSamplesetinfo}. */
export function fetchConfigFromUserinfo<Value = unknown, Default = undefined>(
  key: string,
  options: GetValueOptions<Default> = {},
): Value | Default {
  return fetchConfig<Value, Default>("user", key, options);
}

/** Value of a key of `config/worker`. Parameters and errors as of {@link fetchConfigFromSamplesetinfo}. */
export function fetchConfigFromWorkerinfo<Value = unknown, Default = undefined>(
  key: string,
  options: GetValueOptions<Default> = {},
): Value | Default {
  return fetchConfig<Value, Default>("worker", key, options);
}

/** Value of a key of `config/evaluationinfo`. Parameters and errors as of {@link fetchConfigFromSamplesetinfo}. */
export function fetchConfigFromEvaluationinfo<Value = unknown, Default = undefined>(
  key: string,
  options: GetValueOptions<Default> = {},
): Value | Default {
  return fetchConfig<Value, Default>("evaluationinfo", key, options);
}
