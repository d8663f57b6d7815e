import { flattenParams } from "ava-protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { loadEvaluation } from "../../api/evaluations.js";
import { useResource } from "../../api/use-resource.js";
import { EVALUATIONS, entryAddress, MODELS } from "../../view-state/kept-pages.js";
import { formatFullMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";
import { PairsCard } from "../pairs-card.js";
import { ReadPage } from "../read-page.js";
import { RunLink } from "../run-link.js";

/**
 * One evaluation: what was evaluated, when its result came, and everything in it.
 *
 * @param props - name of the evaluation
 * @returns the element
 */
export function EvaluationPage({ name }: { name: string }): ReactNode {
  const { evaluations: words, models } = useWords();
  const language = useLanguage();
  const read = useResource(name, (signal) => loadEvaluation(name, signal));
  return (
    <ReadPage title={name} above={{ title: words.title, href: EVALUATIONS }} read={read}>
      {({ createdTime, instance, model, result }) => (
        <>
          <dl className="head-facts">
            <div>
              <dt>{words.received}</dt>
              <dd>
                <time dateTime={createdTime}>{formatFullMoment(Date.parse(createdTime), language)}</time>
              </dd>
            </div>
            {instance !== undefined && (
              <div>
                <dt>{models.run}</dt>
                <dd>
                  <RunLink id={instance} />
                </dd>
              </div>
            )}
            {model !== undefined && (
              <div>
                <dt>{models.name}</dt>
                <dd>
                  <Link href={entryAddress(MODELS, model)}>{model}</Link>
                </dd>
              </div>
            )}
          </dl>
          <PairsCard title={words.result} pairs={flattenParams(JSON.stringify(result)).map(({ path, value }) => [path, value])} />
        </>
      )}
    </ReadPage>
  );
}
