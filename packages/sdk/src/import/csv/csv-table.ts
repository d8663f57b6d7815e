import type { RunRecord } from "ava-dialects";

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const NAMED: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
  ["true", 1],
  ["false", 0],
]);
/** Least number that is meant in milliseconds, microseconds, nanoseconds: as seconds it would be after the year 5000. */
const [MS_FROM, US_FROM, NS_FROM] = [1e11, 1e14, 1e17];

/** What a message tells of a head, which is anything where the file is not a table. */
const MOST_NAMED_CHARS = 200;

/** Turns rows into points: the column `step` is the step, `timestamp` the time, each other a metric. */
export class CsvTable {
  private readonly head: readonly string[];
  private readonly stepColumn: number;
  private readonly timeColumn: number;
  private readonly series: readonly { name: string; labels: Record<string, never> }[];
  private readonly fileTimeNs: bigint;
  /** Times of the first and the last row; absent where there is no column. */
  times: { firstNs: bigint; lastNs: bigint } | undefined;

  /**
   * @param head - names of the columns
   * @param fileTimeNs - time of rows that have none, in ns since 1970
   * @throws RangeError when there is no column `step`
   */
  constructor(head: readonly string[], fileTimeNs: bigint) {
    this.head = head.map((name) => name.trim());
    this.stepColumn = this.head.indexOf("step");
    this.timeColumn = this.head.indexOf("timestamp");
    this.series = this.head.map((name) => ({ name, labels: {} }));
    this.fileTimeNs = fileTimeNs;
    const named = this.head.join(", ").slice(0, MOST_NAMED_CHARS);
    if (this.stepColumn < 0) throw new RangeError(`there is no column "step" among ${named.replaceAll(/\p{C}/gu, "?")}`);
    if (this.head.some((name) => name.includes("\r"))) throw new RangeError("its rows end with CR alone, and not with LF or CR LF");
  }

  /** @param cells - of a row @param passedOver - counts what is not a number @returns its points */
  points(cells: readonly string[], passedOver: Map<string, number>): RunRecord[] {
    const step = numberOf(cells[this.stepColumn] ?? "");
    if (cells.length > this.head.length || step === undefined || !Number.isFinite(step)) {
      passedOver.set("rows that do not fit the head", (passedOver.get("rows that do not fit the head") ?? 0) + 1);
      return [];
    }
    const [series, values]: [(typeof this.series)[number][], number[]] = [[], []];
    for (const [column, cell] of cells.entries()) {
      const text = cell.trim();
      if (column === this.stepColumn || column === this.timeColumn || text === "") continue;
      const value = numberOf(text);
      if (value === undefined) passedOver.set("texts", (passedOver.get("texts") ?? 0) + 1);
      else {
        series.push(this.series[column] as (typeof this.series)[number]);
        values.push(value);
      }
    }
    return values.length === 0 ? [] : [{ kind: "points", series, step, timeNs: this.timeOf(cells), values }];
  }

  private timeOf(cells: readonly string[]): bigint {
    const timeNs = this.timeColumn < 0 ? undefined : nsOf(cells[this.timeColumn] ?? "");
    if (timeNs === undefined) return this.fileTimeNs;
    const { firstNs, lastNs } = this.times ?? { firstNs: timeNs, lastNs: timeNs };
    this.times = { firstNs: timeNs < firstNs ? timeNs : firstNs, lastNs: timeNs > lastNs ? timeNs : lastNs };
    return timeNs;
  }
}

function numberOf(cell: string): number | undefined {
  const text = cell.trim();
  if (NUMBER.test(text)) return Number(text);
  const value = NAMED.get(text.replace(/^[-+]/, "").toLowerCase());
  return value !== undefined && text.startsWith("-") ? -value : value;
}

/** @returns nanoseconds since 1970 of a number of seconds, ms, us or ns, or of a date; `undefined` for what is none of them */
function nsOf(cell: string): bigint | undefined {
  const text = cell.trim();
  if (!NUMBER.test(text)) {
    const timeMs = Date.parse(/^\d{4}-\d\d-\d\d \d/.test(text) ? text.replace(" ", "T") : text);
    return Number.isNaN(timeMs) ? undefined : BigInt(timeMs) * 1_000_000n;
  }
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  if (Math.abs(value) >= NS_FROM) return /^-?\d+$/.test(text) ? BigInt(text) : BigInt(Math.round(value));
  if (Math.abs(value) >= US_FROM) return BigInt(Math.round(value)) * 1_000n;
  if (Math.abs(value) >= MS_FROM) return BigInt(Math.round(value * 1_000)) * 1_000n;
  return BigInt(Math.round(value * 1_000_000)) * 1_000n;
}
