export { MetricReader, type ParserProblem, type UnreadCounts } from "./metric-reader.js";
export type { Metric, ParsedItem, Parser, ParserOptions, RunEvent } from "./parser.js";
export { createParsers, type NamedParser, PARSER_NAMES, type ParserSelection } from "./registry.js";
