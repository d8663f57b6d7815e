import { whyNotTrainingName } from "ava-protocol";
import { type ReactNode, type SubmitEvent, useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { ApiError } from "../../api/request.js";
import { loadTraining, putParams, putTraining } from "../../api/trainings.js";
import { actionFailureText } from "../../controls/failure-text.js";
import { checkParams } from "../../params/check.js";
import { trainingAddress } from "../../view-state/training-view.js";
import { useWords } from "../../words/use-words.js";
import { ParamsEditor } from "./params-editor.js";
import { TrainingFields } from "./training-fields.js";

/** @returns the page that makes a training, with params and a note */
export function NewTrainingPage(): ReactNode {
  const { trainings: words, common } = useWords();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [facts, setFacts] = useState({ displayName: "", note: "", retentionDays: 0 });
  const [text, setText] = useState("{\n  \n}\n");
  const [error, setError] = useState<ReactNode>();
  const [isThere, setThere] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const check = checkParams(text);
  useEffect(() => {
    document.title = `${words.add} · AVA`;
  }, [words]);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim().normalize("NFC");
    const why = whyNotTrainingName(wanted);
    setThere(false);
    setError(why);
    if (why !== undefined || "problem" in check) return;
    setBusy(true);
    try {
      if (await isKnown(wanted)) setThere(true);
      else {
        await putTraining(wanted, facts);
        if (check.count > 0) await putParams(wanted, { paramsText: text, note: "", baseRevision: 0 });
        navigate(trainingAddress(wanted));
      }
    } catch (failure) {
      setError(actionFailureText(failure, common));
    }
    setBusy(false);
  };
  return (
    <form className="training-page" onSubmit={(event) => void submit(event)}>
      <div className="page-head">
        <h1>{words.add}</h1>
      </div>
      <div className="card form-card">
        <label htmlFor="training-name">{words.name}</label>
        <input
          id="training-name"
          required
          value={name}
          aria-describedby="training-name-hint"
          aria-invalid={error !== undefined || isThere}
          onChange={(event) => setName(event.target.value)}
        />
        <p id="training-name-hint" className="faint">
          {words.nameHint}
        </p>
        <TrainingFields facts={facts} onFacts={setFacts} />
        <ParamsEditor text={text} check={check} onText={setText} />
        <p className="form-error" role="alert">
          {isThere ? (
            <>
              {words.exists} <Link href={trainingAddress(name.trim().normalize("NFC"))}>{words.open}</Link>
            </>
          ) : (
            error
          )}
        </p>
        <div className="form-foot">
          <button type="submit" className="button button-main" disabled={isBusy || "problem" in check}>
            {words.create}
          </button>
        </div>
      </div>
    </form>
  );
}

async function isKnown(name: string): Promise<boolean> {
  try {
    await loadTraining(name);
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.code === "not_found" || error.code === "deleted")) return false;
    throw error;
  }
}
