import { flattenParams } from "ava-protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Evaluation } from "../../api/evaluations.js";
import { useFirstRows } from "../../controls/use-first-rows.js";
import { EVALUATIONS, entryAddress } from "../../view-state/kept-pages.js";
import { formatFullMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";
import { RunLink } from "../run-link.js";

/** Figures of a result that its row has at most; the others stand on its page. */
const MOST_FIGURES = 4;

/**
 * @param props - evaluations
 * @returns a row for each: its name, its run, its figures, when its result came
 */
export function EvaluationTable({ evaluations }: { evaluations: readonly Evaluation[] }): ReactNode {
  const { evaluations: words, models } = useWords();
  const language = useLanguage();
  const { shown, more } = useFirstRows(evaluations);
  return (
    <div className="card">
      <table className="models">
        <thead>
          <tr>
            {[words.name, models.run, words.figures, words.received].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, createdTime, instance, metric = {} }) => (
            <tr key={name} data-evaluation={name}>
              <th scope="row">
                <Link href={entryAddress(EVALUATIONS, name)}>{name}</Link>
              </th>
              <td>{instance !== undefined && <RunLink id={instance} />}</td>
              <td className="figures">
                {flattenParams(JSON.stringify(metric))
                  .slice(0, MOST_FIGURES)
                  .map(({ path, value }) => `${path} ${value}`)
                  .join(" · ")}
              </td>
              <td>
                <time dateTime={createdTime}>{formatFullMoment(Date.parse(createdTime), language)}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </div>
  );
}
