export { Config, ConfigError, type ConfigGetOptions } from "../place/config/config.js";
export {
  fetchAllFromTrainingspec,
  fetchConfigFromEvaluationinfo,
  fetchConfigFromModelspec,
  fetchConfigFromSamplesetinfo,
  fetchConfigFromTrainingspec,
  fetchConfigFromUserinfo,
  fetchConfigFromWorkerinfo,
  type SamplesetName,
} from "../place/config/fetch-config.js";
export { Environment, type EnvironmentOptions, getJobId } from "../place/environment/environment.js";
export * as fileloc from "../place/fileloc/fileloc.js";
export * as cmd from "../run/cmd/cmd.js";
export * as compress from "../snapshot/compress/compress.js";
export { ceilByLevel, getBatchSize, getCores, getCropSize, getSamplesetClassNum, getSamplesetNum } from "../train/monitor/sizes.js";
