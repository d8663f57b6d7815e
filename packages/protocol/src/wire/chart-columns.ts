import type { ChartColumn, ChartSeriesAnswer, ChartSeriesError } from "./series.js";

/** Media type of an answer for several series whose columns are binary; see docs/formats/chart.md. */
export const CHART_COLUMNS_TYPE = "application/x-ava-columns";

/** An answer for one series: columns in which every float64 is itself. */
export type ChartColumns = Omit<ChartSeriesAnswer, ChartColumn> & Record<ChartColumn, Float64Array>;

/** One series of a head: names of its columns, and how long they are. */
type HeadSeries = ChartSeriesError | (Omit<ChartSeriesAnswer, ChartColumn> & { rows: number; columns: ChartColumn[] });

const MARK = "AVACOLS1";
/** Mark, length of the head, and four bytes that are zero. */
const START_BYTES = 16;
const RAW_COLUMNS: ChartColumn[] = ["x", "last"];
const BUCKET_COLUMNS: ChartColumn[] = ["x", "min", "max", "last", "mean", "count"];

/**
 * Writes an answer for several series.
 *
 * @param series - facts and columns of each, or its error
 * @returns the bytes
 */
export function encodeChartColumns(
  series: readonly (
    | { error: ChartSeriesError }
    | { facts: Omit<ChartSeriesAnswer, ChartColumn>; columns: Record<ChartColumn, Float64Array> }
  )[],
): Uint8Array {
  const written: Float64Array[] = [];
  const head = series.map((one): HeadSeries => {
    if ("error" in one) return one.error;
    const { facts, columns } = one;
    const names = facts.raw ? RAW_COLUMNS : columns.nan.some((count) => count > 0) ? [...BUCKET_COLUMNS, "nan" as const] : BUCKET_COLUMNS;
    written.push(...names.map((name) => columns[name]));
    return { ...facts, rows: columns.x.length, columns: names };
  });
  const json = new TextEncoder().encode(JSON.stringify({ series: head }));
  const headBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(START_BYTES + headBytes + written.reduce((sum, column) => sum + column.byteLength, 0));
  bytes.set(new TextEncoder().encode(MARK));
  new DataView(bytes.buffer).setUint32(8, headBytes, true);
  bytes.fill(32, START_BYTES, START_BYTES + headBytes);
  bytes.set(json, START_BYTES);
  let at = START_BYTES + headBytes;
  for (const column of written) {
    bytes.set(inOrder(new Uint8Array(column.buffer, column.byteOffset, column.byteLength)), at);
    at += column.byteLength;
  }
  return bytes;
}

/**
 * Reads an answer for several series.
 *
 * @param bytes - of {@link encodeChartColumns}
 * @returns the series
 * @throws Error for bytes that are something else, or not all
 */
export function decodeChartColumns(bytes: Uint8Array): (ChartColumns | ChartSeriesError)[] {
  const isWhole = bytes.length >= START_BYTES && new TextDecoder().decode(bytes.subarray(0, MARK.length)) === MARK;
  const headBytes = isWhole ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true) : 0;
  if (!isWhole || bytes.length < START_BYTES + headBytes) throw new Error("The answer is not one of columns.");
  const { series } = JSON.parse(new TextDecoder().decode(bytes.subarray(START_BYTES, START_BYTES + headBytes))) as { series: HeadSeries[] };
  let at = START_BYTES + headBytes;
  return series.map((one) => {
    if ("error" in one) return one;
    const { rows, columns: names, ...facts } = one;
    const columns: Partial<Record<ChartColumn, Float64Array>> = {};
    for (const name of names) {
      const end = at + rows * 8;
      if (end > bytes.length) throw new Error("The answer ends before its columns.");
      // A copy (`slice` of a Buffer is none): columns begin anywhere in the bytes, and outlive them.
      columns[name] = new Float64Array(inOrder(new Uint8Array(bytes.subarray(at, end))).buffer);
      at = end;
    }
    return {
      ...facts,
      ...(facts.raw ? pointColumns(columns) : { ...columns, nan: columns.nan ?? new Float64Array(rows) }),
    } as ChartColumns;
  });
}

/** Points are told by place and value alone. */
function pointColumns({ x, last }: Partial<Record<ChartColumn, Float64Array>>): Record<ChartColumn, Float64Array> {
  const value = last!;
  const mean = value.map((one) => (Number.isFinite(one) ? one : Number.NaN));
  return {
    x: x!,
    last: value,
    min: value,
    max: value,
    mean,
    count: new Float64Array(value.length).fill(1),
    nan: value.map((one) => Number(Number.isNaN(one))),
  };
}

const IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of float64s, least significant first, which is the order of nearly every machine. */
function inOrder(bytes: Uint8Array): Uint8Array {
  if (IS_LITTLE) return bytes;
  const turned = bytes.slice();
  for (let at = 0; at < turned.length; at += 8) turned.subarray(at, at + 8).reverse();
  return turned;
}
