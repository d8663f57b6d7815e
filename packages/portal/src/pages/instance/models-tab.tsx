import type { InstanceModel } from "ava-protocol";
import type { ReactNode } from "react";
import { failureText } from "../../controls/failure-text.js";
import { useWords } from "../../words/use-words.js";
import { EvaluationTable } from "../evaluations/evaluation-table.js";
import { useEvaluations } from "../evaluations/use-evaluations.js";
import { ModelTable } from "../models/model-table.js";

/**
 * The models that a run has stored, and evaluations that name it.
 *
 * @param props - id of the run, its models, newest last
 * @returns the element
 */
export function ModelsTab({ instance, models }: { instance: string; models: readonly InstanceModel[] }): ReactNode {
  const { common, evaluations: words } = useWords();
  const { value: evaluations = [], error } = useEvaluations(instance);
  return (
    <>
      <ModelTable models={models} />
      {error !== undefined && <p className="form-error">{failureText(error, common)}</p>}
      {evaluations.length > 0 && (
        <section aria-labelledby="evaluations">
          <h2 id="evaluations" className="part-title">
            {words.title}
          </h2>
          <EvaluationTable evaluations={evaluations} />
        </section>
      )}
    </>
  );
}
