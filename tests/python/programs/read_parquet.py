"""Prints a Parquet file as JSON: its columns and their types, rows of its groups, and every row, doubles as their eight bytes, times as nanoseconds."""
import json
import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq

file = pq.ParquetFile(sys.argv[1])
table = file.read()
table.validate(full=True)


def values(column):
    if pa.types.is_timestamp(column.type):
        return [str(time) for time in column.cast(pa.int64()).to_pylist()]
    if pa.types.is_float64(column.type):
        return [None if value is None else struct.pack(">d", value).hex() for value in column.to_pylist()]
    return column.to_pylist()


json.dump(
    {
        "columns": {field.name: str(field.type) for field in table.schema},
        "nullable": [field.name for field in table.schema if field.nullable],
        "groupRows": [file.metadata.row_group(index).num_rows for index in range(file.num_row_groups)],
        "rows": [list(row) for row in zip(*[values(column) for column in table.columns])],
    },
    sys.stdout,
)
