export type { ArchiveFormat } from "../snapshot/job.js";
export type { RetentionPolicy } from "../snapshot/retention.js";
export type { RegisteredModel } from "../snapshot/snapshot-queue.js";
export type { EpochEndCallbacks, Framework, MonitorCallbacks } from "./callbacks.js";
export { type LogOptions, TrainInstance, type TrainInstanceOptions } from "./train-instance.js";
