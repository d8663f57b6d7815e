import type { ReactNode } from "react";
import { Message } from "../../controls/message.js";
import { useWords } from "../../words/use-words.js";
import { ReadPage } from "../read-page.js";
import { SearchedList } from "../searched-list.js";
import { EvaluationTable } from "./evaluation-table.js";
import { useEvaluations } from "./use-evaluations.js";

/** @returns all evaluations, the newest first */
export function EvaluationsPage(): ReactNode {
  const { evaluations: words } = useWords();
  const read = useEvaluations();
  return (
    <ReadPage title={words.title} read={read}>
      {(evaluations) =>
        evaluations.length === 0 ? (
          <Message title={words.empty} text={words.emptyText}>
            <code className="snippet">PUT /v1/evaluations/NAME/result</code>
          </Message>
        ) : (
          <SearchedList entries={evaluations} textsOf={({ name, instance, model }) => [name, instance, model]}>
            {(found) => <EvaluationTable evaluations={found} />}
          </SearchedList>
        )
      }
    </ReadPage>
  );
}
