import type { ReactNode } from "react";
import { loadEvaluations } from "../../api/evaluations.js";
import { useResource } from "../../api/use-resource.js";
import { Message } from "../../controls/message.js";
import { useEvery } from "../../live/use-every.js";
import { useWords } from "../../words/use-words.js";
import { ReadPage } from "../read-page.js";
import { EvaluationTable } from "./evaluation-table.js";

/** The live stream tells of runs, and not of evaluations. */
const EVALUATIONS_MS = 5000;

/** @returns all evaluations, the newest first */
export function EvaluationsPage(): ReactNode {
  const { evaluations: words } = useWords();
  const read = useResource("evaluations", (signal) => loadEvaluations(undefined, signal));
  useEvery(EVALUATIONS_MS, true, read.reload);
  return (
    <ReadPage title={words.title} read={read}>
      {(evaluations) =>
        evaluations.length === 0 ? (
          <Message title={words.empty} text={words.emptyText}>
            <code className="snippet">PUT /v1/evaluations/NAME/result</code>
          </Message>
        ) : (
          <EvaluationTable evaluations={evaluations} />
        )
      }
    </ReadPage>
  );
}
