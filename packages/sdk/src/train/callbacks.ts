import { tfjsCallback } from "../monitor/tfjs/callback.js";
import type { TfjsCallback, TfjsCallbackOptions, TfjsMetricSink } from "../monitor/tfjs/types.js";

/** For each supported framework: the options and the type of its monitor callback. */
export interface MonitorCallbacks {
  tfjs: { options: TfjsCallbackOptions; callback: TfjsCallback };
}

/** A framework with a monitor callback. */
export type Framework = keyof MonitorCallbacks;

/** Options of a framework's callback. */
export type MonitorOptions<Name extends Framework> = MonitorCallbacks[Name]["options"];

/** A framework's callback. */
export type MonitorCallback<Name extends Framework> = MonitorCallbacks[Name]["callback"];

const FACTORIES: { [Name in Framework]: (sink: TfjsMetricSink, options: MonitorOptions<Name>) => MonitorCallback<Name> } = {
  tfjs: tfjsCallback,
};

/**
 * Makes the callback of a framework.
 *
 * @param sink - takes the metrics
 * @param framework - name of the framework
 * @param options - its options; errors inside the callback go to their `onError`
 * @param warn - told when the framework is not supported
 * @returns the callback, or `undefined` for a framework that is not supported
 */
export function monitorCallback(sink: TfjsMetricSink, framework: string, options: object, warn: (message: string) => void): unknown {
  if (Object.hasOwn(FACTORIES, framework)) return FACTORIES[framework as Framework](sink, options);
  warn(
    `framework '${framework}' has no monitor callback; supported: ${Object.keys(FACTORIES).join(", ")}. Use log({ loss }, { step }) for others.`,
  );
  return undefined;
}
