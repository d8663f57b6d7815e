export type { Snapshot, SnapshotListener } from "../../snapshot/snapshot.js";
export * as caffe from "./caffe/callbacks.js";
export * as mxnet from "./mxnet/callbacks.js";
export type * from "./mxnet/types.js";
export { tfjsCallback } from "./tfjs/callback.js";
export { type TfjsEpochEndCallback, type TfjsEpochEndOptions, tfjsEpochEndCallback } from "./tfjs/epoch-end.js";
export type { TfjsCallback, TfjsCallbackOptions, TfjsLogs, TfjsMetricSink, TfjsScalar } from "./tfjs/types.js";
