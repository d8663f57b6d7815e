export { type GetCheckedValueOptions, type GetValueOptions, getAll, getValue, paramsFile } from "./params.js";
export type { SchemaOutput, StandardSchema, ValidationResult } from "./standard-schema.js";
