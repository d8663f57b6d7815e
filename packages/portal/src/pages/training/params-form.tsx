import type { TrainingParams } from "ava-protocol";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { ApiError } from "../../api/request.js";
import { putParams } from "../../api/trainings.js";
import { actionFailureText } from "../../controls/failure-text.js";
import { checkParams } from "../../params/check.js";
import { diffParams } from "../../params/diff.js";
import { useWords } from "../../words/use-words.js";
import { ParamsDiff } from "./params-diff.js";
import { ParamsEditor } from "./params-editor.js";

/**
 * Edits the params of a training: what is saved is a new revision.
 *
 * @param props - name of the training, its params if it has some, what to do once a revision is saved
 * @returns the form
 */
export function ParamsForm(props: { training: string; params: TrainingParams | undefined; onSaved: () => void }): ReactNode {
  const { training, params, onSaved } = props;
  const { trainings: words, common } = useWords();
  const [base, setBase] = useState({ text: params?.paramsText ?? "{\n  \n}\n", revision: params?.revision ?? 0 });
  const [text, setText] = useState(base.text);
  const [note, setNote] = useState("");
  const [error, setError] = useState<ReactNode>();
  const check = checkParams(text);
  const isSame = text === base.text;
  // What another person has saved is what an edited text is compared with from now on; one that was not touched is theirs.
  if (params !== undefined && params.revision > base.revision) {
    setBase({ text: params.paramsText, revision: params.revision });
    if (isSame) setText(params.paramsText);
    else if (params.paramsText !== text) setError(words.newer(params.revision));
  }

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      const saved = await putParams(training, { paramsText: text, note, baseRevision: base.revision });
      setBase({ text, revision: saved.revision });
      setNote("");
      setError(undefined);
      onSaved();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      if (failure.code === "conflict") onSaved();
      else setError(actionFailureText(failure, common));
    }
  };
  return (
    <form
      className="card form-card"
      onSubmit={(event) => void submit(event).catch((failure: unknown) => setError(actionFailureText(failure, common)))}
    >
      <h2>
        {words.params}
        {base.revision > 0 && <span className="count">{words.revision(base.revision)}</span>}
      </h2>
      <p className="faint">{words.paramsHint(`ava-sdk run --training ${training} -- python train.py`)}</p>
      <ParamsEditor text={text} check={check} onText={setText} />
      {!isSame && !("problem" in check) && base.revision > 0 && (
        <ParamsDiff changes={diffParams(base.text, text)} caption={words.differences(base.revision, base.revision + 1)} />
      )}
      <label htmlFor="params-note">{words.change}</label>
      <input id="params-note" value={note} onChange={(event) => setNote(event.target.value)} />
      <div className="form-foot">
        <button type="submit" className="button button-main" disabled={isSame || "problem" in check}>
          {words.saveParams}
        </button>
        <button type="button" className="button" disabled={isSame} onClick={() => setText(base.text)}>
          {words.discard}
        </button>
        <p className="form-error" role="alert">
          {error}
        </p>
      </div>
    </form>
  );
}
