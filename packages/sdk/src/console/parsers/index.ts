export { Columns } from "./columns.js";
export { MetricReader, type ParserProblem, type Reading, type TextListener, type UnreadCounts } from "./metric-reader.js";
export type { Cursor, Metric, ParsedItem, Parser, ParserOptions, Phase, Place, RunEvent, Series, ValueSink } from "./parser.js";
export { createParsers, type NamedParser, PARSER_NAMES, type ParserPlugin, type ParserSelection, registerParser } from "./registry.js";
