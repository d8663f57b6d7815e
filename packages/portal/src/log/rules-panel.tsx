import type { ReparseAnswer } from "ava-protocol";
import { type ReactNode, useState } from "react";
import { loadReparses, reparse, undoReparse } from "../api/reparse.js";
import { useResource } from "../api/use-resource.js";
import { actionFailureText } from "../controls/failure-text.js";
import { formatCount } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";
import { RulesFound } from "./rules-found.js";
import { RulesHistory } from "./rules-history.js";

/** A question to the platform that is under way, or what came of the last one. */
interface Tried {
  isBusy: boolean;
  error?: ReactNode;
  /** Which rules were read. */
  rules?: string;
  answer?: ReparseAnswer;
}

/**
 * Tries rules on the stored log, shows what they would add, and adds it when the reader says so.
 *
 * @param props - the instance, what goes to a place of the log
 * @returns the element
 */
export function RulesPanel(props: { instance: string; onPlace: (offset: number) => void }): ReactNode {
  const { instance, onPlace } = props;
  const { log: words, common } = useWords();
  const [text, setText] = useState("");
  const [tried, setTried] = useState<Tried>({ isBusy: false });
  const { value: reparses, reload } = useResource(instance, (signal) => loadReparses(instance, signal));
  const rules = text.split("\n").filter((rule) => rule.trim() !== "");
  const { answer, isBusy, error } = tried;
  const isPreviewed = answer !== undefined && tried.rules === text;

  const run = async (work: () => Promise<ReparseAnswer | undefined>): Promise<void> => {
    setTried(({ error: _old, ...old }) => ({ ...old, isBusy: true }));
    try {
      const read = await work();
      setTried({ isBusy: false, ...(read === undefined ? {} : { answer: read, rules: text }) });
      reload();
    } catch (failure) {
      setTried({ isBusy: false, error: actionFailureText(failure, common, (message) => message) });
    }
  };
  return (
    <section className="card rules-panel" aria-label={words.rules}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(() => reparse(instance, rules, true));
        }}
      >
        <label>
          <span>{words.rulesHint}</span>
          <textarea
            rows={3}
            spellCheck={false}
            placeholder={String.raw`step (?<step>\d+).*?accuracy: (?<accuracy>[\d.]+)`}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <div className="rules-buttons">
          <button type="submit" className="button" disabled={isBusy || rules.length === 0}>
            {words.previewRules}
          </button>
          <button
            type="button"
            className="button button-main"
            disabled={isBusy || !isPreviewed || !answer.preview || answer.points === 0}
            onClick={() => void run(() => reparse(instance, rules, false))}
          >
            {words.applyRules}
          </button>
          <span role="status">
            {isBusy
              ? words.readingLog
              : answer === undefined
                ? ""
                : answer.preview
                  ? words.wouldAdd(formatCount(answer.points), formatCount(answer.known))
                  : words.added(formatCount(answer.points))}
          </span>
        </div>
        {error !== undefined && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
      </form>
      {answer !== undefined && <RulesFound answer={answer} onPlace={onPlace} />}
      <RulesHistory
        reparses={reparses ?? []}
        isBusy={isBusy}
        onUndo={(n) =>
          void run(async () => {
            await undoReparse(instance, n);
            return undefined;
          })
        }
      />
    </section>
  );
}
