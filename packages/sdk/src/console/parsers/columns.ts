import type { Metric, ParsedItem, Place, RunEvent, Series, ValueSink } from "./parser.js";

/** Values that fit before the columns grow: a chunk of a pipe rarely tells more. */
const FIRST_ROOM = 1024;

/** Names of series that are kept for metrics given as objects; what has more of them pays for it. */
const MOST_NAMES = 10_000;

/**
 * What lines told, column by column: row `i` is the value `values[i]` of `series[i]`, at the step `steps[i]` and so on. A fact that the output does not tell is
 * NaN. Used again for every chunk, so that a value needs no object of its own.
 */
export class Columns implements ValueSink {
  /** Number of values. */
  length = 0;
  readonly series: Series[] = [];
  values: Float64Array = new Float64Array(FIRST_ROOM);
  steps: Float64Array = new Float64Array(FIRST_ROOM);
  epochs: Float64Array = new Float64Array(FIRST_ROOM);
  batches: Float64Array = new Float64Array(FIRST_ROOM);
  totals: Float64Array = new Float64Array(FIRST_ROOM);
  /** Milliseconds since 1970. */
  timesMs: Float64Array = new Float64Array(FIRST_ROOM);
  lines: Float64Array = new Float64Array(FIRST_ROOM);
  /** Rows that regexes of the user told, in their order. */
  ruleRows: number[] = [];
  /** Events in their order, each with the row that it stands in front of. */
  events: { row: number; event: RunEvent }[] = [];
  readonly #byName = new Map<string, Series>();

  /** As of {@link ValueSink.add}. */
  add(series: Series, value: number, place: Place): void {
    const row = this.length;
    if (row >= this.lines.length) this.#grow();
    this.series[row] = series;
    this.values[row] = value;
    this.steps[row] = place.step;
    this.epochs[row] = place.epoch;
    this.batches[row] = place.batch;
    this.totals[row] = place.total;
    this.timesMs[row] = place.timeMs;
    this.lines[row] = place.line;
    this.length = row + 1;
  }

  /** @param others - have the value @param row - of it there */
  addRow({ series, values, steps, epochs, batches, totals, timesMs, lines }: Columns, row: number): void {
    const [step, epoch, batch] = [steps[row] as number, epochs[row] as number, batches[row] as number];
    const place = { step, epoch, batch, total: totals[row] as number, timeMs: timesMs[row] as number, line: lines[row] as number };
    this.add(series[row] as Series, values[row] as number, place);
  }

  /**
   * Adds what a parser gives as an object.
   *
   * @param item - a metric or an event; an event is kept, a metric is not
   */
  addItem(item: ParsedItem): void {
    if ("event" in item) {
      this.events.push({ row: this.length, event: item });
      return;
    }
    const { value, step = Number.NaN, epoch = Number.NaN, batch = Number.NaN, total = Number.NaN, timeMs = Number.NaN, line } = item;
    this.add(this.#seriesOf(item), value, { step, epoch, batch, total, timeMs, line });
  }

  /** Forgets the values and events. */
  clear(): void {
    this.length = 0;
    this.events = [];
    this.ruleRows = [];
  }

  /** @returns the same as objects, in the order of the lines */
  items(): ParsedItem[] {
    const items: ParsedItem[] = [];
    let row = 0;
    for (const told of this.events) {
      while (row < told.row) items.push(this.#metric(row++));
      items.push(told.event);
    }
    while (row < this.length) items.push(this.#metric(row++));
    return items;
  }

  #metric(row: number): Metric {
    const { name, phase, labels } = this.series[row] as Series;
    const metric: Metric = { name, value: this.values[row] as number, line: this.lines[row] as number };
    const told = (column: Float64Array, field: "step" | "epoch" | "batch" | "total" | "timeMs") => {
      const value = column[row] as number;
      if (!Number.isNaN(value)) metric[field] = value;
    };
    told(this.steps, "step");
    told(this.epochs, "epoch");
    told(this.batches, "batch");
    told(this.totals, "total");
    told(this.timesMs, "timeMs");
    if (phase !== undefined) metric.phase = phase;
    if (labels !== undefined) metric.labels = labels;
    return metric;
  }

  #seriesOf({ name, phase, labels }: Metric): Series {
    const known = labels === undefined ? this.#byName.get(name) : undefined;
    if (known !== undefined && known.phase === phase) return known;
    const series = { name, ...(phase === undefined ? {} : { phase }), ...(labels === undefined ? {} : { labels }) };
    if (labels === undefined) {
      if (this.#byName.size >= MOST_NAMES) this.#byName.clear();
      this.#byName.set(name, series);
    }
    return series;
  }

  /** `lines` comes last: its length is the room there is, also when a guard stops the work in between. */
  #grow(): void {
    this.values = twice(this.values);
    this.steps = twice(this.steps);
    this.epochs = twice(this.epochs);
    this.batches = twice(this.batches);
    this.totals = twice(this.totals);
    this.timesMs = twice(this.timesMs);
    this.lines = twice(this.lines);
  }
}

function twice(column: Float64Array): Float64Array {
  const grown = new Float64Array(column.length * 2);
  grown.set(column);
  return grown;
}
