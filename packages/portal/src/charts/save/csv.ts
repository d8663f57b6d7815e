import type { PlotModel } from "../plot-model.js";

/**
 * Writes what a chart shows as CSV: a row for each place of the axis that is in view, a column for each line; of buckets their extremes, means and number
 * of points as well.
 *
 * @param model - of the chart
 * @param axisName - head of the first column
 * @returns the text, each number with all its digits
 */
export function chartCsv(model: PlotModel, axisName: string): string {
  const columns = model.lines.flatMap(({ key }, k) => {
    const { last, min, max, mean, count, isBucketed } = model.columns[k]!;
    const own: [name: string, values: Float64Array][] = [[key, last]];
    if (model.isSmoothed) own.push([`${key} smoothed`, model.values[k]!]);
    if (isBucketed) own.push([`${key} min`, min], [`${key} max`, max], [`${key} mean`, mean], [`${key} points`, count]);
    return own.map(([name, values]) => ({ name, values, rows: model.rows[k]! }));
  });
  const [from, to] = model.xRange;
  const lines = [[axisName, ...columns.map(({ name }) => name)].map(csvCell).join(",")];
  const x = model.data[0];
  for (let place = 0; place < x.length; place++) {
    if (x[place]! < from || x[place]! > to) continue;
    const cells = columns.map(({ rows, values }) => (rows[place]! < 0 ? "" : String(values[rows[place]!])));
    lines.push([x[place], ...cells].join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
