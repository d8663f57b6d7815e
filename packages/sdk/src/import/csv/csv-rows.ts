/** Longest row: what is longer is not a table of metrics. */
const MOST_ROW_CHARS = 16_777_216;

/** Splits text into rows of cells as RFC 4180 says; quoted cells may have the separator and line ends in them. */
export class CsvRows {
  private rest = "";
  private separator: string | undefined;

  /**
   * @param text - that follows
   * @param isLast - there is no more: a row without its end is one, too
   * @returns whole rows; empty lines are left out
   * @throws RangeError for a row of more than 16 MiB: a quote is not closed
   */
  feed(text: string, isLast = false): string[][] {
    const all = this.rest + text;
    const rows: string[][] = [];
    let start = 0;
    for (let end = rowEnd(all, start); end >= 0; end = rowEnd(all, start)) {
      this.addRow(all.slice(start, end), rows);
      start = end + 1;
    }
    this.rest = all.slice(start);
    if (this.rest.length > MOST_ROW_CHARS) throw new RangeError("a row has more than 16 MiB: is a quote not closed?");
    if (isLast) this.addRow(this.rest, rows);
    return rows;
  }

  private addRow(line: string, rows: string[][]): void {
    const row = line.replace(/\r$/, "").replace(/^\ufeff/, "");
    if (row.trim() === "") return;
    // The head says by what cells are parted.
    this.separator ??= [",", "\t", ";"].find((one) => row.includes(one)) ?? ",";
    rows.push(cellsOf(row, this.separator));
  }
}

/** @returns where the row ends; -1 when its end is not here */
function rowEnd(text: string, start: number): number {
  let isQuoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) isQuoted = !isQuoted;
    else if (char === 0x0a && !isQuoted) return at;
  }
  return -1;
}

function cellsOf(row: string, separator: string): string[] {
  if (!row.includes('"')) return row.split(separator);
  const cells: string[] = [];
  let [cell, isQuoted] = ["", false];
  for (let at = 0; at < row.length; at++) {
    const char = row[at] as string;
    if (char === '"') {
      // Two of them within quotes are one.
      if (isQuoted && row[at + 1] === '"') cell += row[++at];
      else isQuoted = !isQuoted;
    } else if (char === separator && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else cell += char;
  }
  return [...cells, cell];
}
