import type { Framework } from "../framework.js";
import { GenericParser } from "./parser.js";

/** The general forms of console output, of any program. */
export const generic: Framework = {
  name: "generic",
  create: (options) => new GenericParser(options),
  recognizes: () => false,
};
