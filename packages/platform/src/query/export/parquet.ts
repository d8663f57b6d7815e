import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import type { PointBlock } from "../../store/contract/points.js";
import { CHUNK_POINTS } from "../../store/levels/chunk.js";
import { joinTimeNs } from "../../store/levels/totals.js";

/** Most rows of a row group: it is encoded at once, and all other requests wait for that. */
const GROUP_ROWS = 8 * CHUNK_POINTS;

/** Characters of names and labels that end a row group early: each of 100,000 series may have 20,000. */
const GROUP_TEXT_CHARS = 8 * 1024 * 1024;

const TEXT = { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" }, repetition_type: "REQUIRED" } as const;
const NUMBER = { type: "DOUBLE", repetition_type: "REQUIRED" } as const;
const TIME_NS = {
  type: "INT64",
  logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
  repetition_type: "REQUIRED",
} as const;

const POINT_SCHEMA: readonly SchemaElement[] = [
  { name: "name", ...TEXT },
  { name: "labels", ...TEXT },
  { name: "step", ...NUMBER },
  { name: "epoch", ...NUMBER, repetition_type: "OPTIONAL" },
  { name: "time", ...TIME_NS },
  { name: "value", ...NUMBER },
];

/**
 * Points as a Parquet file: a piece for each row group, and one for the end.
 *
 * @param blocks - the points
 * @param hasInstance - the first column is the id of the instance
 */
export async function* writeParquet(blocks: AsyncIterable<PointBlock>, hasInstance: boolean): AsyncGenerator<Uint8Array> {
  const columns: readonly SchemaElement[] = hasInstance ? [{ name: "instance", ...TEXT }, ...POINT_SCHEMA] : POINT_SCHEMA;
  const writer = new ByteWriter();
  const schema: SchemaElement[] = [{ name: "points", num_children: columns.length }, ...columns];
  const file = new ParquetWriter({ writer, schema, createdBy: "ava-platform" });
  const group = new RowGroup();
  const writeGroup = (): void => {
    const columnData = columns.map(({ name }) => group.column(name as ColumnName));
    void file.write({ columnData, rowGroupSize: group.count });
    group.clear();
  };
  for await (const block of blocks) {
    group.add(block);
    if (!group.isFull) continue;
    writeGroup();
    yield takeBytes(writer);
  }
  if (group.count > 0) writeGroup();
  void file.finish();
  yield takeBytes(writer);
}

/** What was written since the last time. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

type ColumnName = "instance" | "name" | "labels" | "step" | "epoch" | "time" | "value";

/** Rows that are not yet encoded. */
class RowGroup {
  count = 0;
  private textChars = 0;
  private readonly columns = {
    instance: [] as string[],
    name: [] as string[],
    labels: [] as string[],
    step: new Float64Array(GROUP_ROWS),
    epoch: [] as (number | null)[],
    time: new BigInt64Array(GROUP_ROWS),
    value: new Float64Array(GROUP_ROWS),
  };

  /** No other block is sure to have room. */
  get isFull(): boolean {
    return this.count > GROUP_ROWS - CHUNK_POINTS || this.textChars > GROUP_TEXT_CHARS;
  }

  add({ instance, name, labels, rows }: PointBlock): void {
    const { columns, count: start } = this;
    const { count, timeBaseHi } = rows;
    const labelsText = JSON.stringify(labels);
    columns.step.set(rows.step.subarray(0, count), start);
    columns.value.set(rows.value.subarray(0, count), start);
    for (let row = 0; row < count; row++) {
      const epoch = rows.epoch[row]!;
      columns.instance[start + row] = instance;
      columns.name[start + row] = name;
      columns.labels[start + row] = labelsText;
      columns.epoch[start + row] = epoch === epoch ? epoch : null;
      columns.time[start + row] = joinTimeNs(timeBaseHi, rows.time[row]!);
    }
    this.count += count;
    this.textChars += name.length + labelsText.length;
  }

  column(name: ColumnName): ColumnSource {
    const data = this.columns[name].slice(0, this.count);
    // Texts repeat. Numbers never go through a dictionary: it would take -0.0 and 0 for one value.
    const isText = name === "instance" || name === "name" || name === "labels";
    return { name, data, encoding: isText ? "RLE_DICTIONARY" : "PLAIN" };
  }

  clear(): void {
    this.count = 0;
    this.textChars = 0;
  }
}
