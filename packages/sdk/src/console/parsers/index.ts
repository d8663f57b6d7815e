export { Columns } from "./columns.js";
export { MetricReader } from "./metric-reader.js";
export type { Cursor, Metric, ParsedItem, Parser, ParserOptions, Phase, Place, RunEvent, Series, ValueSink } from "./parser.js";
export type { ParserProblem, Reading, TextListener, UnreadCounts } from "./reader-reports.js";
export { createParsers, type NamedParser, PARSER_NAMES, type ParserPlugin, type ParserSelection, registerParser } from "./registry.js";
