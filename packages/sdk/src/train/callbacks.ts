import type { ItemSink } from "../console/item-recorder.js";
import type { SnapshotListener } from "../snapshot/snapshot.js";
import {
  type CaffeEpochEndOptions,
  type CaffeLineCallback,
  type CaffeMonitorOptions,
  getEpochEndLogCallback,
  getLogCallback,
} from "./monitor/caffe/callbacks.js";
import { getBatchEndCallbacks, getEpochEndCallback } from "./monitor/mxnet/callbacks.js";
import type { MxnetBatchEndCallback, MxnetEpochEndCallback, MxnetEpochEndOptions, MxnetMonitorOptions } from "./monitor/mxnet/types.js";
import { tfjsCallback } from "./monitor/tfjs/callback.js";
import { type TfjsEpochEndCallback, type TfjsEpochEndOptions, tfjsEpochEndCallback } from "./monitor/tfjs/epoch-end.js";
import type { TfjsCallback, TfjsCallbackOptions, TfjsMetricSink } from "./monitor/tfjs/types.js";

/** For each supported framework: what its monitor callback takes, and what it is. `undefined` where a needed option is missing. */
export interface MonitorCallbacks {
  caffe: { options: CaffeMonitorOptions; callback: CaffeLineCallback };
  mxnet: {
    options: Partial<MxnetMonitorOptions>;
    callback: [reportMetrics: MxnetBatchEndCallback, reportLearningRate: MxnetBatchEndCallback] | undefined;
  };
  tfjs: { options: TfjsCallbackOptions; callback: TfjsCallback };
}

/** For each supported framework: what its epoch end callback takes, and what it is. `undefined` where a needed option is missing. */
export interface EpochEndCallbacks {
  caffe: { options: CaffeEpochEndOptions; callback: CaffeLineCallback | undefined };
  mxnet: { options: Partial<MxnetEpochEndOptions>; callback: MxnetEpochEndCallback | undefined };
  tfjs: { options: TfjsEpochEndOptions; callback: TfjsEpochEndCallback };
}

/** A framework with callbacks. */
export type Framework = keyof MonitorCallbacks;

/** Where the callbacks put what they read. */
export interface CallbackTarget {
  /** Takes the metrics of callbacks. */
  metrics: TfjsMetricSink;
  /** Takes what lines tell. */
  items: ItemSink;
  /** Rules of the training that lines are read with, too. */
  rules: readonly string[];
  /** Takes snapshots. */
  onSnapshot: SnapshotListener;
  /** Step of the last metrics. */
  lastStep: () => number;
  warn: (message: string) => void;
}

type Monitors = {
  [Name in Framework]: (target: CallbackTarget, options: MonitorCallbacks[Name]["options"]) => MonitorCallbacks[Name]["callback"];
};
type EpochEnds = {
  [Name in Framework]: (target: CallbackTarget, options: EpochEndCallbacks[Name]["options"]) => EpochEndCallbacks[Name]["callback"];
};

const MONITORS: Monitors = {
  caffe: ({ items, rules }, options) => getLogCallback(items, { rules, ...options }),
  mxnet: ({ metrics, warn }, options) => getBatchEndCallbacks(metrics, options, warn),
  tfjs: ({ metrics }, options) => tfjsCallback(metrics, options),
};

const EPOCH_ENDS: EpochEnds = {
  caffe: ({ onSnapshot, warn }, options) => getEpochEndLogCallback(onSnapshot, options, warn),
  mxnet: ({ onSnapshot, warn }, options) => getEpochEndCallback(onSnapshot, options, warn),
  tfjs: ({ onSnapshot, lastStep }, options) => tfjsEpochEndCallback(onSnapshot, options, lastStep),
};

/**
 * Makes the monitor callback of a framework.
 *
 * @param target - takes what it reads
 * @param framework - name of the framework
 * @param options - its options
 * @returns the callback; `undefined`, and a warning, for a framework that is not supported
 */
export function monitorCallback(target: CallbackTarget, framework: string, options: object): unknown {
  return isFramework(framework, target.warn) ? (MONITORS[framework] as Monitors["tfjs"])(target, options) : undefined;
}

/** Makes the epoch end callback of a framework; parameters as of {@link monitorCallback}. */
export function epochEndCallback(target: CallbackTarget, framework: string, options: object): unknown {
  return isFramework(framework, target.warn) ? (EPOCH_ENDS[framework] as EpochEnds["tfjs"])(target, options) : undefined;
}

function isFramework(name: string, warn: (message: string) => void): name is Framework {
  if (Object.hasOwn(MONITORS, name)) return true;
  warn(`framework '${name}' has no callback; supported: ${Object.keys(MONITORS).join(", ")}. Use log({ loss }, { step }) for others.`);
  return false;
}
