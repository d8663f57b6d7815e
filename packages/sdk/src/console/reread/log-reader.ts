import type { Labels } from "ava-protocol";
import { AvaError } from "../../place/error.js";
import { ItemRecorder, type ItemSink } from "../item-recorder.js";
import { Columns } from "../parsers/columns.js";
import { MetricReader } from "../parsers/metric-reader.js";
import type { ParserProblem } from "../parsers/reader-reports.js";
import { createParsers, type NamedParser, ruleName } from "../parsers/registry.js";
import { StepCounter } from "../step-counter.js";
import { LineMap, type LinePlace, type StretchOfStream } from "./line-map.js";

/** What is read of a stored log. */
export interface RereadOptions {
  /** Regexes as of `--metric`. */
  metrics: readonly string[];
  /** Parsers whose values are told, too. Default: none; `auto` reads along then, so that steps are those that the run would have recorded. */
  parser?: string;
  /** Start of the run, in milliseconds since 1970: the year that time stamps lack. */
  referenceTimeMs: number;
  batchOfEpoch?: number;
  /** Of all series, beside those of the output itself. */
  labels?: Labels;
}

/** A value that was read, and where it stands. */
export interface ReadPoint extends LinePlace {
  name: string;
  labels: Labels;
  value: number;
  step: number;
  /** The step that a run would have recorded without the parsers that only count steps. */
  stepAlone: number;
  epoch: number | undefined;
}

/**
 * @param rules - regexes as of `--metric`
 * @param parser - as of {@link RereadOptions}
 * @throws AvaError PARSER_UNKNOWN; METRIC_REGEX_INVALID, also where there is nothing to read
 */
export function checkReread(rules: readonly string[], parser: string | undefined): void {
  if (rules.length === 0 && (parser === undefined || parser === "none"))
    throw new AvaError("METRIC_REGEX_INVALID", "nothing is to be read: give a rule, or the name of a parser");
  parsersOf({ metrics: rules, ...(parser === undefined ? {} : { parser }), referenceTimeMs: 0 }, new Map());
}

function parsersOf({ metrics, parser = "auto", referenceTimeMs, batchOfEpoch }: RereadOptions, shared: Map<string, object>): NamedParser[] {
  return createParsers({ metrics, parser }, { referenceTimeMs, shared, ...(batchOfEpoch === undefined ? {} : { batchOfEpoch }) });
}

/** Reads the stored log of one stream of a run again, as `ava-sdk run` would have read it with these rules: the same terminal, parsers, steps and time guard. */
export class StoredLogReader {
  private readonly options: RereadOptions;
  private readonly counter: StepCounter;
  private readonly shared: Map<string, object>;
  private readonly items: ItemRecorder;
  private readonly lines = new LineMap();
  /** The wanted rows alone, with steps that only they count. */
  private readonly counterAlone: StepCounter;
  private readonly itemsAlone: ItemRecorder;
  private readonly toldAlone = new Columns();
  private foundAlone = 0;
  /** Lines of the rows that are recorded now. */
  private lineOfRow: ArrayLike<number> = [];
  /** Those that are wanted, where others only count steps. */
  private wanted: ReadonlySet<number> | undefined;
  private readonly found: ReadPoint[] = [];
  /** Rules that have read nothing before the reader, by the names of their parsers. */
  private readonly silent: Map<string, string>;
  private reader: MetricReader;
  /** A rule was stopped. */
  private problem: AvaError | undefined;

  /** @param options - rules and parsers, checked by {@link checkReread} @param sibling - reader of another stream of the same process: they count the steps together */
  constructor(options: RereadOptions, sibling?: StoredLogReader) {
    const { metrics, labels, batchOfEpoch } = options;
    this.options = options;
    this.counter = sibling?.counter ?? new StepCounter(batchOfEpoch);
    this.shared = sibling?.shared ?? new Map();
    this.items = new ItemRecorder({ values: (...row) => this.take(...row), event: () => true }, undefined, this.counter);
    if (labels !== undefined) this.items.label(labels);
    this.counterAlone = sibling?.counterAlone ?? new StepCounter(batchOfEpoch);
    this.itemsAlone = new ItemRecorder({ values: (...row) => this.takeAlone(...row), event: () => true }, undefined, this.counterAlone);
    this.silent = new Map(metrics.map((rule) => [ruleName(rule), rule]));
    this.reader = this.newReader();
  }

  /** Rules that have read nothing so far. */
  get silentRules(): string[] {
    return this.reader.silentRules.flatMap((name) => this.silent.get(name) ?? []);
  }

  /**
   * @param stretch - the next bytes of the stream, cut anywhere
   * @returns what they told
   * @throws AvaError METRIC_REGEX_INVALID when a rule took too long for a line
   */
  write(stretch: StretchOfStream): ReadPoint[] {
    this.lines.add(stretch);
    return this.points(this.reader.writeColumns(stretch.bytes));
  }

  /**
   * The stream ends here, or a stretch of it that cannot be read follows: what comes then begins with a line.
   *
   * @returns what was not told yet; of an unfinished line, all but the last word
   * @throws AvaError METRIC_REGEX_INVALID, as of {@link write}
   */
  end(): ReadPoint[] {
    const points = this.points(this.reader.endColumns());
    const silent = new Set(this.reader.silentRules);
    for (const name of this.silent.keys()) if (!silent.has(name)) this.silent.delete(name);
    this.reader = this.newReader();
    this.lines.clear();
    return points;
  }

  private newReader(): MetricReader {
    return new MetricReader(parsersOf(this.options, this.shared), (problem) => this.fail(problem));
  }

  private points(told: Columns): ReadPoint[] {
    if (this.problem !== undefined) throw this.problem;
    const areAllWanted = this.options.parser !== undefined;
    this.wanted = areAllWanted ? undefined : new Set(told.ruleRows);
    this.lineOfRow = told.lines;
    this.items.record(told);
    for (const row of this.wanted ?? []) this.toldAlone.addRow(told, row);
    this.itemsAlone.record(areAllWanted ? told : this.toldAlone);
    this.toldAlone.clear();
    this.foundAlone = 0;
    return this.found.splice(0);
  }

  private take(...[series, values, start, end, { step, epoch, timeMs }]: Parameters<ItemSink["values"]>): boolean {
    for (let row = start; row < end; row += 1) {
      if (this.wanted?.has(row) === false) continue;
      const { name, labels = {} } = series[row] as (typeof series)[number];
      const place = this.lines.placeOf(this.lineOfRow[row] as number);
      const timeNs = timeMs === undefined ? place.timeNs : BigInt(Math.round(timeMs * 1000)) * 1000n;
      this.found.push({ ...place, timeNs, name, labels, value: values[row] as number, step, stepAlone: step, epoch });
    }
    return true;
  }

  private takeAlone(...[, , start, end, { step }]: Parameters<ItemSink["values"]>): boolean {
    for (let row = start; row < end; row += 1) (this.found[this.foundAlone++] as ReadPoint).stepAlone = step;
    return true;
  }

  /** What a rule would have read of the lines behind is missing: nothing of it is good. A parser that only counts steps may fail. */
  private fail({ parser, line, message }: ParserProblem): void {
    if (!this.options.metrics.some((rule) => ruleName(rule) === parser) && this.options.parser === undefined) return;
    const { line: place, offset } = this.lines.placeOf(line);
    this.problem ??= new AvaError(
      "METRIC_REGEX_INVALID",
      `${parser} was stopped at line ${place} of the log (byte ${offset}): it ${message}`,
    );
  }
}
