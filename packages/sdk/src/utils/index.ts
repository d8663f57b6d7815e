export * as cmd from "../cmd/cmd.js";
export * as compress from "../compress/compress.js";
export { Config, ConfigError, type ConfigGetOptions } from "../config/config.js";
export { Environment, type EnvironmentOptions, getJobId } from "../environment/environment.js";
export * as fileloc from "../fileloc/fileloc.js";
export {
  fetchAllFromTrainingspec,
  fetchConfigFromEvaluationinfo,
  fetchConfigFromModelspec,
  fetchConfigFromSamplesetinfo,
  fetchConfigFromTrainingspec,
  fetchConfigFromUserinfo,
  fetchConfigFromWorkerinfo,
  type SamplesetName,
} from "./fetch-config.js";
export { ceilByLevel, getBatchSize, getCores, getCropSize, getSamplesetClassNum, getSamplesetNum } from "./sizes.js";
