export { type BucketOptions, type EmulatorOptions, KodoEmulator, type SeenRequest, startEmulator } from "./emulator.js";
export type { Fault, FaultTarget, Operation } from "./fault.js";
