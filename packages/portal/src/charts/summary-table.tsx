import type { ReactNode } from "react";
import { formatCount, formatQuantity, formatStep, type Unit } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";
import type { ChartLine } from "./group-series.js";
import type { LineFigures } from "./line-figures.js";

/**
 * What a chart says, in numbers: for those who do not see it, and for those who want the numbers.
 *
 * @param props - the lines with their figures; whether only assistive technology gets the table
 * @returns the element
 */
export function SummaryTable(props: {
  lines: readonly ChartLine[];
  figures: ReadonlyMap<string, LineFigures>;
  unit: Unit;
  caption: string;
  isHidden: boolean;
}): ReactNode {
  const { series, last, min, max, count, lastStep } = useWords().charts.table;
  return (
    <div
      className={props.isHidden ? "visually-hidden" : "summary-scroll"}
      // A box that scrolls must be reachable by keyboard.
      {...(props.isHidden ? {} : { tabIndex: 0, role: "region", "aria-label": props.caption })}
    >
      <table className="summary-table">
        <caption className="visually-hidden">{props.caption}</caption>
        <thead>
          <tr>
            {[series, last, min, max, count, lastStep].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.lines.map(({ key, title }) => {
            const line = props.figures.get(key)!;
            return (
              <tr key={key}>
                <th scope="row">{title}</th>
                <td>{formatQuantity(line.last, props.unit)}</td>
                <td>{formatQuantity(line.min, props.unit)}</td>
                <td>{formatQuantity(line.max, props.unit)}</td>
                <td>{formatCount(line.count)}</td>
                <td>{formatStep(line.lastStep)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
