import type { TrainingDetail, TrainingFacts } from "ava-protocol";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { putTraining } from "../../api/trainings.js";
import { actionFailureText } from "../../controls/failure-text.js";
import { useWords } from "../../words/use-words.js";
import { TrainingFields } from "./training-fields.js";

/**
 * Changes display name and note of a training, and how long its runs are kept.
 *
 * @param props - the training, what to do after a change
 * @returns the form
 */
export function TrainingForm({ training, onChanged }: { training: TrainingDetail; onChanged: () => void }): ReactNode {
  const { trainings: words, common } = useWords();
  const known = { displayName: training.displayName ?? "", note: training.note ?? "", retentionDays: training.retentionDays ?? 0 };
  const [base, setBase] = useState(known);
  const [facts, setFacts] = useState(known);
  const [told, setTold] = useState<{ text: ReactNode; isError: boolean }>();
  const isSame = isEqual(facts, known);
  // What other people change is followed, but for a text that is being edited.
  if (!isEqual(base, known)) {
    setBase(known);
    if (isEqual(facts, base)) setFacts(known);
  }

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      await putTraining(training.name, facts);
      setTold({ text: words.saved, isError: false });
      onChanged();
    } catch (error) {
      setTold({ text: actionFailureText(error, common), isError: true });
    }
  };
  return (
    <form className="card form-card" onSubmit={(event) => void submit(event)}>
      <h2>{words.about}</h2>
      <TrainingFields facts={facts} onFacts={setFacts} />
      <div className="form-foot">
        <button type="submit" className="button" disabled={isSame}>
          {words.save}
        </button>
        <p className={told?.isError === true ? "form-error" : "faint"} role="status">
          {told?.text}
        </p>
      </div>
    </form>
  );
}

function isEqual(a: Required<TrainingFacts>, b: Required<TrainingFacts>): boolean {
  return a.displayName === b.displayName && a.note === b.note && a.retentionDays === b.retentionDays;
}
