import { fromWireNumber } from "ava-protocol";
import type { ReactNode } from "react";
import { formatCount, formatValue } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";
import type { ChartLine } from "./group-series.js";

/**
 * What a chart says, in numbers: for those who do not see it, and for those who want the numbers.
 *
 * @param props - the lines; whether only assistive technology gets the table
 * @returns the element
 */
export function SummaryTable(props: { lines: readonly ChartLine[]; caption: string; isHidden: boolean }): ReactNode {
  const { series, last, min, max, count, lastStep } = useWords().charts.table;
  return (
    <div className={props.isHidden ? "visually-hidden" : "summary-scroll"}>
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
          {props.lines.map(({ key, title, summary }) => (
            <tr key={key}>
              <th scope="row">{title}</th>
              {[summary.last, summary.min, summary.max].map((value, i) => (
                // oxlint-disable-next-line react/no-array-index-key -- three columns that never move
                <td key={i}>{formatValue(fromWireNumber(value))}</td>
              ))}
              <td>{formatCount(summary.count)}</td>
              <td>{formatValue(summary.lastStep)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
