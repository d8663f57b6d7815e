import type { ParamsRevision } from "ava-protocol";
import type { ReactNode } from "react";
import { readTrainingView, writeTrainingView } from "../../view-state/training-view.js";
import { useView } from "../../view-state/use-view.js";
import { formatFullMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";
import { RevisionDiff } from "./revision-diff.js";

/**
 * The revisions of a training's params, and how two of them differ.
 *
 * @param props - name of the training, its revisions, the newest first
 * @returns the element
 */
export function Revisions({ training, revisions }: { training: string; revisions: readonly ParamsRevision[] }): ReactNode {
  const words = useWords().trainings;
  const language = useLanguage();
  const [view, change] = useView(readTrainingView, writeTrainingView);
  const shown = revisions.find(({ revision }) => revision === view.revision);
  return (
    <section className="card form-card" aria-labelledby="revisions">
      <h2 id="revisions">{words.history}</h2>
      {revisions.length === 0 ? (
        <p className="faint">{words.noHistory}</p>
      ) : (
        <ol className="revisions" reversed>
          {revisions.map(({ revision, createdTime, note }) => (
            <li key={revision} value={revision}>
              <button
                type="button"
                className="revision"
                aria-expanded={revision === view.revision}
                onClick={() => change({ revision: revision === view.revision ? undefined : revision, base: undefined }, "push")}
              >
                <span className="revision-name">{words.revision(revision)}</span>
                <time dateTime={createdTime}>{formatFullMoment(Date.parse(createdTime), language)}</time>
                <span className="revision-note">{note}</span>
              </button>
              {revision === shown?.revision && (
                <RevisionDiff
                  training={training}
                  revision={revision}
                  base={view.base ?? revision - 1}
                  revisions={revisions}
                  onBase={(base) => change({ base })}
                />
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
