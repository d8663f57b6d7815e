import type { ParamsRevision } from "ava-protocol";
import type { ReactNode } from "react";
import { loadParams } from "../../api/trainings.js";
import { useResource } from "../../api/use-resource.js";
import { failureText } from "../../controls/failure-text.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { diffParams } from "../../params/diff.js";
import { useWords } from "../../words/use-words.js";
import { ParamsDiff } from "./params-diff.js";

/**
 * A revision of params, and how it differs from another.
 *
 * @param props - training, revision, the one that it is compared with (0 for none), all revisions, told of another choice
 * @returns the element
 */
export function RevisionDiff(props: {
  training: string;
  revision: number;
  base: number;
  revisions: readonly ParamsRevision[];
  onBase: (base: number) => void;
}): ReactNode {
  const { training, revision, base, revisions, onBase } = props;
  const { trainings: words, common } = useWords();
  const { value, error, reload } = useResource(`${training}/${revision}/${base}`, (signal) =>
    Promise.all([loadParams(training, revision, signal), base === 0 ? undefined : loadParams(training, base, signal)]),
  );
  if (value === undefined) {
    if (error === undefined) return <Loading />;
    return (
      <Message isAlarm title={failureText(error, common)}>
        <button type="button" className="button" onClick={reload}>
          {common.retry}
        </button>
      </Message>
    );
  }
  const [shown, before] = value;
  const others = revisions.filter((one) => one.revision !== revision);
  return (
    <div className="revision-diff">
      {others.length > 0 && (
        <label className="revision-base">
          {words.compareWith}
          <select value={base} onChange={(event) => onBase(Number(event.target.value))}>
            {base === 0 && <option value={0} />}
            {others.map((one) => (
              <option key={one.revision} value={one.revision}>
                {words.revision(one.revision)}
              </option>
            ))}
          </select>
        </label>
      )}
      {before === undefined ? (
        <p className="faint">{words.firstRevision}</p>
      ) : (
        <ParamsDiff changes={diffParams(before.paramsText, shown!.paramsText)} caption={words.differences(base, revision)} />
      )}
      <pre className="params-text">
        <code>{shown!.paramsText}</code>
      </pre>
    </div>
  );
}
