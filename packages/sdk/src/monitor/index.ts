export { tfjsCallback } from "./tfjs/callback.js";
export type { TfjsCallback, TfjsCallbackOptions, TfjsLogs, TfjsMetricSink, TfjsScalar } from "./tfjs/types.js";
