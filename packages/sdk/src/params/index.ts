export { type GetValueOptions, getAll, getValue, paramsFile } from "./params.js";
