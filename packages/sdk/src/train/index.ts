export type { WatchOptions } from "../system/watch.js";
export type { Framework, MonitorCallback, MonitorCallbacks, MonitorOptions } from "./callbacks.js";
export { type LogOptions, TrainInstance, type TrainInstanceOptions } from "./train-instance.js";
