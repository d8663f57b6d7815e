import { fromWireNumber, type ReparseAnswer, type ReparsePoint, seriesKey } from "ava-protocol";
import type { ReactNode } from "react";
import { Said } from "../controls/said.js";
import { formatCount, formatStep, formatValue } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";

/**
 * What rules have read of a log, series by series, with the way to the lines.
 *
 * @param props - the platform's answer, what goes to a place of the log
 * @returns the element
 */
export function RulesFound({ answer, onPlace }: { answer: ReparseAnswer; onPlace: (offset: number) => void }): ReactNode {
  const words = useWords();
  const { series, silentRules, refusedPoints = 0, reason = "", damage = [] } = answer;
  const place = (point: ReparsePoint): ReactNode => (
    <button type="button" className="link-button" onClick={() => onPlace(point.offset)}>
      {words.charts.valueAt(formatValue(fromWireNumber(point.value)), formatStep(fromWireNumber(point.step)))} ·{" "}
      {words.log.line(formatCount(point.line))}
    </button>
  );
  return (
    <>
      {series.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
        <div className="rules-found" tabIndex={0} role="region" aria-label={words.log.readByRules}>
          <table>
            <thead>
              <tr>
                {[words.charts.table.series, words.log.newPoints, words.log.knownPoints, words.log.first, words.log.last].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {series.map(({ name, labels, points, known, first, last }) => (
                <tr key={seriesKey(name, labels)}>
                  <th scope="row">{seriesKey(name, labels)}</th>
                  <td>{formatCount(points)}</td>
                  <td>{formatCount(known)}</td>
                  <td>{place(first)}</td>
                  <td>{place(last)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {silentRules.map((rule) => (
        <p key={rule} className="rules-note">
          {words.log.silentRule} <code>{rule}</code>
        </p>
      ))}
      {refusedPoints > 0 && (
        <p className="form-error">
          {words.log.refused(formatCount(refusedPoints))} <Said text={reason} />
        </p>
      )}
      {damage.map((sentence) => (
        <p key={sentence} className="form-error">
          {words.instance.damage} <Said text={sentence} />
        </p>
      ))}
    </>
  );
}
