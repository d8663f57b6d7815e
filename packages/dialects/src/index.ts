export type { MemoryEntry } from "./memory/memory-entry.js";
export * from "./memory/outlet.js";
export * from "./memory/run-memory.js";
export * from "./mlflow/dialect.js";
export { instanceIdOf } from "./names.js";
export * from "./ports.js";
export * from "./refused-error.js";
export * from "./serve.js";
export * from "./wandb/dialect.js";
